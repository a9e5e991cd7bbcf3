// Times as the person this page is would read them: their zone, their language, the moved clock.

import { me, store } from "./store.js";

const FORMS = {
  t: { timeStyle: "short" },
  T: { timeStyle: "medium" },
  d: { dateStyle: "short" },
  D: { dateStyle: "long" },
  f: { dateStyle: "long", timeStyle: "short" },
  F: { dateStyle: "full", timeStyle: "short" },
};
const made = new Map();

function formatter(locale, zone, options) {
  const key = JSON.stringify([locale, zone, options]);
  if (!made.has(key)) made.set(key, new Intl.DateTimeFormat(locale, { timeZone: zone, ...options }));
  return made.get(key);
}

const myZone = () => me()?.zone ?? store.state?.clock.zone ?? "UTC";
const myLocale = () => me()?.locale ?? "en-US";
export const now = () => new Date(store.state?.clock.now ?? 0);

/** An instant in the zone of the person this page is. */
export const told = (when, style = "f") => formatter(myLocale(), myZone(), FORMS[style]).format(when);

/** The page's own times: English, 24 hours, any zone. */
export function inZone(when, zone, options) {
  return formatter("en-GB", zone, { hourCycle: "h23", ...options }).format(when);
}
export const clockIn = (when, zone) => inZone(when, zone, { hour: "2-digit", minute: "2-digit" });
export const dayIn = (when, zone) =>
  inZone(when, zone, { weekday: "long", day: "numeric", month: "long", year: "numeric" });
export const isoDayIn = (when, zone) => formatter("sv-SE", zone, { dateStyle: "short" }).format(when);
export const city = (zone) => zone.split("/").pop().replaceAll("_", " ");

/** When a message was written: the time alone when it was today. */
export function stamp(when) {
  const zone = myZone();
  return isoDayIn(when, zone) === isoDayIn(now(), zone) ? told(when, "t") : `${told(when, "d")}, ${told(when, "t")}`;
}
export const dayOf = (when) => formatter(myLocale(), myZone(), { dateStyle: "full" }).format(when);

const UNITS = [["year", 31536000], ["month", 2592000], ["day", 86400], ["hour", 3600], ["minute", 60]];

/** Discord's relative style: "in 3 hours", by the rehearsal's clock. */
export function relative(when) {
  const seconds = Math.round((when - now()) / 1000);
  const words = new Intl.RelativeTimeFormat(myLocale(), { numeric: "auto" });
  for (const [unit, size] of UNITS) {
    if (Math.abs(seconds) >= size) return words.format(Math.round(seconds / size), unit);
  }
  return words.format(seconds, "second");
}
