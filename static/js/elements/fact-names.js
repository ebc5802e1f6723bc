/* While a fact is named, the groups and conditions that speak of it say its name too. The server says the same with its next answer. */

class FactNames extends HTMLElement {
  connectedCallback() {
    this.typed = (e) => {
      const key = /^v-(\d+)-name$/.exec(e.target.name)?.[1];
      if (key !== undefined && e.target.value.trim()) this.say(key, e.target.value.trim());
    };
    this.addEventListener("input", this.typed);
  }

  disconnectedCallback() {
    this.removeEventListener("input", this.typed);
  }

  say(key, name) {
    for (const option of this.querySelectorAll(`select[name^="c-"][name$="-variable"] option[value="${key}"]`)) option.textContent = name;
    for (const box of this.querySelectorAll(`input[name^="g-"][name$="-variables"][value="${key}"]`)) box.parentElement.lastChild.textContent = ` ${name}`;
  }
}

customElements.define("fact-names", FactNames);
