// Without a network: asks for the worker's code and shows today's page as it was when there was one. Results wait on the telephone
// as they do there (field.js); as soon as they could be sent, the page itself comes from the server again.
"use strict";

(function () {
  const part = document.getElementById("kept");
  const form = document.getElementById("kept-open");
  const code = document.getElementById("kept-code");
  const says = document.getElementById("kept-says");

  function load(name) {
    const script = document.createElement("script");
    script.src = "/console/static/" + name;
    document.body.append(script);
  }

  function nothing(words) {
    form.hidden = true;
    says.textContent = words;
  }

  function show(page) {
    const inside = new DOMParser().parseFromString(page.main, "text/html");
    const main = document.getElementById("main");
    const line = Object.assign(document.createElement("p"), { className: "notice caution", textContent: part.dataset.offline });
    main.replaceChildren(line, ...Array.from(inside.body.childNodes, (one) => document.importNode(one, true)));
    const leave = Object.assign(document.createElement("form"), { className: "leave", hidden: true });
    leave.append(Object.assign(document.createElement("input"), { type: "hidden", name: "csrf", value: page.csrf }));
    main.append(leave);
    document.addEventListener("visits:sent", () => location.reload());
    load("field.js");
  }

  const record = KeptPage.find();
  if (!record) nothing(part.dataset.none);
  else if (record.day !== KeptPage.today() || !record.page) {
    if (record.day !== KeptPage.today()) KeptPage.drop();
    nothing(part.dataset.old);
  }

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const typed = code.value.trim();
    code.value = "";
    says.textContent = "";
    const page = await KeptPage.open(KeptPage.find(), typed);
    if (page) show(page);
    else if (KeptPage.find()) says.textContent = part.dataset.wrong;
    else nothing(part.dataset.gone);
  });
})();
