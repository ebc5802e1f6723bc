/* <print-button>: its button opens the browser's print window. Hidden where it could not. */
class PrintButton extends HTMLElement {
  connectedCallback() {
    this.hidden = false;
    this.addEventListener("click", () => window.print());
  }
}
customElements.define("print-button", PrintButton);
