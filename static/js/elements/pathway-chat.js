/* <pathway-chat data-route='{"nodes": […], "edges": […], "now": "id"}'>: tells the canvas which way the trial conversation went, each time it is drawn anew,
   keeps the newest line in view and the keyboard where it was. */
class PathwayChat extends HTMLElement {
  static typing = false; // the panel is replaced by each answer: who was typing goes on typing

  connectedCallback() {
    this.addEventListener("submit", () => { PathwayChat.typing = this.contains(document.activeElement); });
    queueMicrotask(() => this.drawn());
  }

  drawn() {
    const detail = JSON.parse(this.dataset.route);
    this.dispatchEvent(new CustomEvent("pathway:route", { bubbles: true, detail }));
    const box = this.querySelector(".chat-box");
    box.scrollTop = box.scrollHeight;
    if (!PathwayChat.typing) return;
    PathwayChat.typing = false;
    (this.querySelector("#chat-say") ?? this.querySelector(".chat-start .btn")).focus();
  }
}
customElements.define("pathway-chat", PathwayChat);
