// What this page knows: who it is, where it is, and the last state it was told.

export const store = {
  as: "",
  in: "",
  stage: "",
  state: null,
};

export const me = () => store.state?.people.find((one) => one.name === store.as) ?? null;
export const place = (id = store.in) =>
  store.state?.places.find((one) => one.id === id && one.kind !== "category") ?? null;

/** Who and where this page is stands in its address, so that a tab keeps it when loaded again. */
export function readAddress() {
  const found = new URLSearchParams(location.hash.slice(1));
  store.as = found.get("as") ?? "";
  store.in = found.get("in") ?? "";
}

export function writeAddress() {
  const made = new URLSearchParams({ as: store.as, in: store.in });
  history.replaceState(null, "", `#${made}`);
}
