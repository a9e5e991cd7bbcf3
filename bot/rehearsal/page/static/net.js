// Talking to the rehearsal on this machine, and nobody else.

import { store } from "./store.js";

/** What the server refused, as a sentence for people. */
export class Refused extends Error {}

const GONE = "The rehearsal does not answer. Is its terminal still open? The page keeps trying.";

async function answer(asked) {
  let response;
  try {
    response = await asked;
  } catch {
    throw new Refused(GONE);
  }
  const found = await response.json().catch(() => ({}));
  if (!response.ok) throw new Refused(found.error ?? "That did not work. Load the page again.");
  return found;
}

export function get(path, query = {}) {
  const all = new URLSearchParams({ stage: store.stage, as: store.as, ...query });
  return answer(fetch(`/page/${path}?${all}`));
}

export function post(path, body = {}) {
  const sent = JSON.stringify({ stage: store.stage, as: store.as, ...body });
  const headers = { "Content-Type": "application/json" };
  return answer(fetch(`/page/${path}`, { method: "POST", headers, body: sent }));
}

/** Let the person this page is do something. */
export const act = (what, body = {}) => post(`do/${what}`, body);

let source = null;
let retry = 0;

/** Hear what happens, through the eyes of `name`; `heard` gets (event, first after a gap). */
export function listen(name, heard, lost) {
  source?.close();
  clearTimeout(retry);
  let first = true;
  const own = new EventSource(`/page/events?${new URLSearchParams({ as: name })}`);
  source = own;
  own.onopen = () => (first = true);
  own.onmessage = (message) => {
    if (own !== source) return;
    heard(JSON.parse(message.data), first);
    first = false;
  };
  own.onerror = () => {
    if (own !== source) return;
    lost(GONE);
    if (own.readyState === EventSource.CLOSED) retry = setTimeout(() => listen(name, heard, lost), 2000);
  };
}
