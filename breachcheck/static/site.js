// Only adds: everything works without it.
for (const element of document.querySelectorAll(".needs-script")) element.hidden = false;
for (const button of document.querySelectorAll("[data-print]")) button.addEventListener("click", () => window.print());
