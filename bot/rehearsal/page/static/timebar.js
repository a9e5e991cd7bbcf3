// The row of time: what the clocks show, and what moves them.

import { byId, fill, fillWhenChanged, h, openDialog } from "./dom.js";
import { post } from "./net.js";
import { me, store } from "./store.js";
import { city, clockIn, dayIn, isoDayIn, now } from "./times.js";
import { failed } from "./writing.js";

const attempt = (path, body) => post(path, body).catch((error) => failed(error.message));

export function drawTime() {
  const { clock, script, bot } = store.state;
  const zone = me()?.zone ?? clock.zone;
  const when = now();
  const local = (name, there) => h("span", { class: "other" }, ` ${name}: ${isoDayIn(when, there) === isoDayIn(when, clock.zone) ? "" : `${dayIn(when, there)}, `}${clockIn(when, there)} in ${city(there)}`);
  fillWhenChanged(byId("now"), [clock, zone], () => [
    h("strong", {}, `${dayIn(when, clock.zone)}, ${clockIn(when, clock.zone)}`),
    h("span", { class: "small" }, ` ${city(clock.zone)} time`, h("span", { class: "wide-only" }, ", where the programme is")),
    clock.cohorts.filter((one) => one.zone !== clock.zone).map((one) => local(one.name, one.zone)),
    zone === clock.zone ? null : local(store.as, zone),
    changes(clock).map((one) => h("span", { class: "tag change" }, one)),
    clock.target ? h("span", { class: "tag" }, `moving to ${dayIn(new Date(clock.target), clock.zone)}, ${clockIn(new Date(clock.target), clock.zone)}`) : null,
  ]);
  byId("play").textContent = clock.moving ? "Pause" : "Play, a day a minute";
  const still = bot.state === "ready" || bot.state === "stopped";
  for (const button of document.querySelectorAll("#time .moves button")) {
    if (button.id !== "play") button.setAttribute("aria-disabled", String(!still || clock.playing));
  }
  byId("follow").checked = script.following;
  byId("follow").disabled = script.played >= script.steps;
  byId("follow-text").textContent = script.played >= script.steps
    ? `The script is over (${script.steps} steps)`
    : `People act as in the script (${script.played} of ${script.steps} steps)`;
}

/** One sentence for all zones whose clocks change alike. */
function changes(clock) {
  const cities = new Map();
  for (const one of clock.changes) {
    const told = changeOf(one);
    cities.set(told, [...(cities.get(told) ?? []), city(one.zone)]);
  }
  return [...cities].map(([told, names]) => `${names.join(", ")}: ${told}`);
}

function changeOf({ zone, day, minutes }) {
  const today = isoDayIn(now(), zone);
  const long = Math.abs(minutes) === 60 ? "one hour" : `${Math.abs(minutes)} minutes`;
  const date = new Date(`${day}T12:00:00Z`);
  const when = day === today ? "today" : day < today ? "yesterday" : `on ${dayIn(date, "UTC").replace(/ \d{4}$/, "")}`;
  return `clocks ${day < today ? "went" : "go"} ${minutes > 0 ? "forward" : "back"} ${long} ${when}`;
}

function jump() {
  const zone = store.state.clock.zone;
  const day = h("input", { type: "date", id: "jump-day", required: true, min: isoDayIn(now(), zone), value: isoDayIn(now(), zone) });
  const time = h("input", { type: "time", id: "jump-time", required: true, value: "09:00" });
  const error = h("p", { class: "error", role: "alert" });
  const go = async (event) => {
    event.preventDefault();
    try {
      await post("time", { to: `${day.value}T${time.value}` });
      dialog.close();
    } catch (refused) {
      error.textContent = refused.message;
    }
  };
  const marks = h("p", { class: "small" });
  fill(marks, `Times are of ${city(zone)}. The clock runs forward only; everything due on the way happens. `, changes(store.state.clock).map((one) => `${one}. `));
  const form = h("form", { class: "fields", onsubmit: go }, marks, h("div", { class: "field" }, h("label", { for: "jump-day" }, "Day"), day), h("div", { class: "field" }, h("label", { for: "jump-time" }, "Time"), time), error, h("p", {}, h("button", { class: "main" }, "Go there")));
  const dialog = openDialog("Go to a date", form);
}

for (const button of document.querySelectorAll("#time [data-to]")) {
  button.addEventListener("click", () => {
    failed("");
    if (button.getAttribute("aria-disabled") === "true") return failed(store.state?.clock.playing ? "The clock plays. Pause it first." : "The bot is not running yet, so the clock stands still.");
    attempt("time", { to: button.dataset.to });
  });
}
byId("play").addEventListener("click", () => attempt("time", { to: store.state?.clock.moving ? "pause" : "play" }));
byId("open-jump").addEventListener("click", jump);
byId("follow").addEventListener("change", async (event) => {
  const wanted = event.target.checked;
  failed("");
  await post("follow", { follow: wanted }).catch((error) => {
    event.target.checked = !wanted;
    failed(error.message);
  });
});
