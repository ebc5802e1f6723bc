/* Send call: shows what belongs to the chosen lead and time, adds facts, fills in a pretend callee, counts down to the call. */

class SendCall extends HTMLElement {
  connectedCallback() {
    this.form = this.querySelector("form");
    this.addEventListener("change", (e) => this.changed(e));
    this.addEventListener("click", (e) => this.clicked(e));
    document.getElementById("pretend")?.addEventListener("click", (e) => this.pretend(e));
    document.body.addEventListener("htmx:afterSwap", (e) => { if (e.detail.target?.id === "go") this.holding(); });
    for (const plain of this.querySelectorAll("[data-plain]")) plain.hidden = true;
    this.arrange();
    this.querySelector(".error-summary")?.focus();
  }

  chosen(name) { return this.form.querySelector(`input[name="${name}"]:checked`)?.value; }

  arrange() {
    const lead = this.chosen("lead");
    for (const part of this.querySelectorAll("[data-lead]")) part.hidden = !part.dataset.lead.split(" ").includes(lead);
    for (const part of this.querySelectorAll("[data-when]")) part.hidden = part.dataset.when !== this.chosen("when");
  }

  changed(e) {
    if (e.target.name === "lead" || e.target.name === "when") this.arrange();
    const leaves = e.target.name === "lead" && e.target.value !== "persona" && this.form.persona_id?.value;
    if (["persona_id", "pathway_id", "pathway_version"].includes(e.target.name) || leaves) this.look();
    else if (e.target.name === "lead" || /^(from|dialing_strategy)/.test(e.target.name)) this.form.phone_number.dispatchEvent(new Event("change")); // the card's first words are another's now, or the line is
  }

  /* Another persona brings other values, another pathway needs other facts: the server draws the form anew, what was typed for this call is kept. */
  look() {
    if (this.chosen("lead") !== "persona" && this.form.persona_id) this.form.persona_id.value = "";
    this.form.querySelector("[data-plain][value=look]").click();
  }

  clicked(e) {
    if (e.target.closest("[data-undo]")) clearInterval(this.timer); // the answer may take a moment: do not leave meanwhile
    if (!e.target.closest("[data-add-fact]")) return;
    e.preventDefault();
    const rows = this.querySelector("[data-facts]"), n = rows.children.length + 1;
    const row = Object.assign(document.createElement("div"), { className: "fact-row" });
    for (const [kind, word] of [["name", `Name of fact ${n}`], ["value", `Value of fact ${n}`]]) {
      const id = `fact-${kind[0]}-${n}`;
      const label = Object.assign(document.createElement("label"), { className: "vh", htmlFor: id, textContent: word });
      const input = Object.assign(document.createElement("input"), { className: "input", id, name: `fact-${kind}`, placeholder: kind });
      row.append(label, input);
    }
    rows.append(row);
    row.querySelector("input").focus();
  }

  pretend(e) {
    const number = e.target.closest("[data-number]")?.dataset.number;
    if (!number) return;
    const input = this.form.phone_number;
    input.value = number;
    input.dispatchEvent(new Event("change", { bubbles: true }));
    document.getElementById("pretend").hidePopover();
    input.focus();
  }

  /* The call exists already and is due in a few seconds: Undo calls it off, doing nothing leads to its page. */
  holding() {
    clearInterval(this.timer);
    const hold = this.querySelector("[data-hold]");
    if (!hold) return;
    const ms = Number(hold.dataset.ms), began = performance.now();
    const bar = hold.querySelector("progress"), left = hold.querySelector("[data-left]");
    hold.querySelector("[data-undo]").focus();
    this.timer = setInterval(() => {
      if (!hold.isConnected) { clearInterval(this.timer); return; }
      const past = performance.now() - began;
      bar.value = past;
      left.textContent = String(Math.max(0, Math.ceil((ms - past) / 1000)));
      if (past >= ms) { clearInterval(this.timer); location.assign(hold.dataset.href); }
    }, 100);
  }
}

customElements.define("send-call", SendCall);
