// The page as a whole: who it is, where it is, and what to do with what it hears.

import { byId, h, fill } from "./dom.js";
import { resetBehind, refresh } from "./behind.js";
import { closeForm } from "./forms.js";
import { clear, drawAgain, heard, load, markRead, openPins } from "./messages.js";
import { listen } from "./net.js";
import { drawPlace, drawSides } from "./sides.js";
import { place, readAddress, store, writeAddress } from "./store.js";
import { drawTime } from "./timebar.js";
import { welcome } from "./windows.js";
import { drawWriting, failed, resetWriting } from "./writing.js";

let events = 0;
let day = "";
let direct = false;

let dismissed = "";

/** One line over everything: what went wrong, and what was not as the script says. */
function tell(sentence, differences = []) {
  const line = byId("notice");
  const print = JSON.stringify([store.stage, sentence, differences]);
  line.hidden = (!sentence && !differences.length) || dismissed === print;
  if (line.dataset.print === print) return;
  line.dataset.print = print;
  const count = differences.length === 1 ? "One thing was" : `${differences.length} things were`;
  fill(line, sentence, differences.length
    ? h("details", {}, h("summary", {}, `${count} not as the script says`), h("ul", {}, differences.map((one) => h("li", {}, one))))
    : null, " ", h("button", { type: "button", class: "icon", onclick: () => { dismissed = print; line.hidden = true; } }, "Dismiss"));
}

function connect() {
  listen(store.as, receive, (sentence) => tell(sentence));
}

function receive(event, first) {
  if (event.type === "state") return state(event, first);
  if (event.stage && event.stage !== store.stage) return;
  if (event.type === "reload") return void load().catch((error) => failed(error.message));
  heard(event);
}

/** Everything but messages, anew. */
function state(told, first) {
  document.body.classList.toggle("waiting", !told.stage);
  if (!told.stage) {
    store.stage = "";
    return tell("A rehearsal is being set up. One moment.");
  }
  const another = told.stage !== store.stage;
  store.state = told;
  store.stage = told.stage;
  if (!told.you) return be(told.people[0].name);
  tell(told.notice.join(" "), told.differences);
  if (another) startAnew();
  const moved = settle();
  draw();
  if (another || first || moved) load().catch((error) => failed(error.message));
  if (told.events !== events || another || first) refresh();
  events = told.events;
  if (told.script.note && told.script.played === 0 && told.bot.state === "ready" && !told.clock.moving) welcome();
}

function startAnew() {
  closeForm();
  resetWriting();
  clear();
  resetBehind();
  day = "";
}

/** Make sure this page is somewhere its person may be; true when it had to move. */
function settle() {
  if (place()) return false;
  const { places } = store.state;
  const to = places.find((one) => one.kind === (direct ? "direct" : "text")) ?? places[0];
  direct = false;
  const moved = store.in !== to?.id;
  store.in = to?.id ?? "";
  writeAddress();
  if (moved) clear();
  return moved;
}

function draw() {
  const { bot, clock } = store.state;
  const words = { starting: "The bot is starting", ready: "The bot is here", stopped: "The bot is off", crashed: "The bot ended by itself" };
  const line = byId("bot");
  line.className = `bot-state ${bot.state}`;
  if (line.dataset.said !== bot.state + bot.said) {
    line.dataset.said = bot.state + bot.said;
    const tail = bot.state === "crashed" ? h("details", {}, h("summary", {}, "Why"), h("pre", { tabIndex: 0 }, `${bot.said}\n\nMake trouble has a button to switch it on again.`)) : null;
    fill(line, h("span", { class: "dot" }), words[bot.state], tail);
  }
  drawSides(be, enter);
  drawPlace();
  drawWriting();
  drawTime();
  markRead();
  const today = clock.now.slice(0, 10);
  if (day && day !== today) drawAgain(); // dates beside messages, and times like "in 3 hours"
  day = today;
}

/** Look through somebody else's eyes. */
function be(name) {
  if (name === store.as && store.state?.you) return;
  const here = place();
  store.as = name;
  closeForm();
  resetWriting();
  clear();
  direct = here?.kind === "direct"; // from one's own messages to the next person's own
  store.state = null;
  writeAddress();
  connect();
}

/** Go to a place, and to a message in it if one is named. */
function enter(id, message = "") {
  closeSide();
  if (id !== store.in) {
    store.in = id;
    writeAddress();
    resetWriting();
    clear();
    draw();
  } else if (!message) return;
  load(message).catch((error) => failed(error.message));
}

function follow(event) {
  const link = event.target.closest("a[data-channel]");
  if (!link) return;
  event.preventDefault();
  const { channel, message } = link.dataset;
  if (place(channel)) enter(channel, message);
  else failed(`${store.as} does not see that place.`);
}

const menu = byId("menu");
function closeSide() {
  document.body.classList.remove("side-open");
  menu.setAttribute("aria-expanded", "false");
}
menu.addEventListener("click", () => {
  const open = document.body.classList.toggle("side-open");
  menu.setAttribute("aria-expanded", String(open));
  if (open) byId("side").querySelector("button")?.focus();
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && document.body.classList.contains("side-open")) {
    closeSide();
    menu.focus();
  }
});
document.addEventListener("click", follow);
document.querySelector(".skip").addEventListener("click", (event) => {
  event.preventDefault(); // the address holds who and where this page is
  byId("write").focus();
});
byId("open-pins").addEventListener("click", () => openPins().catch((error) => failed(error.message)));
window.addEventListener("hashchange", () => {
  const before = store.as;
  readAddress();
  if (store.as !== before) connect();
  else if (store.state) {
    clear();
    settle();
    draw();
    load().catch((error) => failed(error.message));
  }
});

readAddress();
connect();
