// Asks through the npm package hibp, as its users do; prints what became of each call as one JSON object.
import * as hibp from "hibp";

const { baseUrl, apiKey, spentKey, accounts, domain } = JSON.parse(process.env.ASKED);
const options = { baseUrl, apiKey };
const at = (local) => `${local}@${domain}`;

const become = async (call) => {
  try {
    return { value: await call() };
  } catch (error) {
    return { error: error.message, retryAfterSeconds: error.retryAfterSeconds ?? null };
  }
};

const calls = {
  breaches: () => hibp.breaches({ baseUrl }),
  breachesOfDomain: () => hibp.breaches({ baseUrl, domain: "adobe.com" }),
  breachesOfNobody: () => hibp.breaches({ baseUrl, domain: "nowhere.example" }),
  breach: () => hibp.breach("Adobe", { baseUrl }),
  breachUnknown: () => hibp.breach("Nowhere", { baseUrl }),
  latestBreach: () => hibp.latestBreach({ baseUrl }),
  dataClasses: () => hibp.dataClasses({ baseUrl }),
  whole: () => hibp.breachedAccount(at("account-exists"), { ...options, truncate: false }),
  ofDomain: () => hibp.breachedAccount(at("multiple-breaches"), { ...options, domain: "gawker.com" }),
  verified: () => hibp.breachedAccount(at("unverified-breach"), { ...options, includeUnverified: false }),
  search: () => hibp.search(at("account-exists"), options),
  pastes: () => hibp.pasteAccount(at("account-exists"), options),
  stealerLogs: () => hibp.stealerLogsByEmail(at("account-exists"), options),
  subscription: () => hibp.subscriptionStatus(options),
  subscribedDomains: () => hibp.subscribedDomains(options),
  domainUnproved: () => hibp.breachedDomain(domain, options),
  noAddress: () => hibp.breachedAccount("nobody", options),
  noKey: () => hibp.breachedAccount(at("account-exists"), { baseUrl }),
  wrongKey: () => hibp.breachedAccount(at("account-exists"), { baseUrl, apiKey: "0".repeat(32) }),
  spentKey: () => hibp.breachedAccount(at("account-exists"), { baseUrl, apiKey: spentKey }),
};
for (const local of accounts) {
  calls[local] = () => hibp.breachedAccount(at(local), options);
}

const told = {};
for (const [name, call] of Object.entries(calls)) {
  told[name] = await become(call);
}
process.stdout.write(JSON.stringify(told));
