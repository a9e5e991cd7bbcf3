// What stands in a message beside its text: frames, buttons, menus, files, pictures, embeds.

import { h, newId } from "./dom.js";
import { markdown } from "./markdown.js";
import { peopleRolesChannels } from "./choices.js";

const STYLES = { 1: "main", 2: "", 3: "good", 4: "danger" };
export const local = (address) => address.replace(/^https?:\/\/[^/]+(?=\/attachments\/)/, "");

/** Components as elements; `use(what, custom_id, values)` is called when one is used. */
export function components(list, use) {
  return list.map((one) => (KINDS[one.type] ?? unknown)(one, use));
}

const KINDS = {
  1: (one, use) => h("div", { class: "row" }, components(one.components, use)),
  2: button,
  3: menu,
  5: menu,
  6: menu,
  7: menu,
  8: menu,
  9: (one, use) =>
    h("div", { class: "section" }, h("div", {}, components(one.components, use)), components([one.accessory], use)),
  10: (one) => h("div", { class: "text" }, markdown(one.content)),
  11: (one) => picture(one.media, one.description),
  12: (one) => h("div", { class: "gallery" }, one.items.map((item) => picture(item.media, item.description))),
  13: (one) => file(one.file.url, one.name, one.size),
  14: (one) => h("hr", { class: one.divider ? "" : "blank" }),
  17: (one, use) => h("div", { class: "frame" }, components(one.components, use)),
};

const unknown = (one) => h("p", { class: "small" }, `(A part of kind ${one.type}, which this page cannot show.)`);

function button(one, use) {
  const label = [one.emoji?.name, one.label].filter(Boolean).join(" ");
  if (one.url) {
    return h("a", { class: "button", href: one.url, target: "_blank", rel: "noreferrer noopener" }, label);
  }
  return h(
    "button",
    {
      type: "button",
      class: STYLES[one.style] ?? "",
      disabled: one.disabled,
      data: { key: one.custom_id },
      onclick: (event) => use("click", one.custom_id, [], event.currentTarget),
    },
    label,
  );
}

function menu(one, use) {
  const id = newId("menu");
  const many = (one.max_values ?? 1) > 1;
  const select = h(
    "select",
    { id, multiple: many, disabled: one.disabled, data: { key: one.custom_id } },
    many ? null : h("option", { value: "" }, one.placeholder ?? "Choose"),
    options(one).map(({ value, label, description, chosen }) =>
      h("option", { value, selected: chosen, title: description ?? "" }, description ? `${label} (${description})` : label),
    ),
  );
  const send = (event) => {
    const values = [...select.selectedOptions].map((option) => option.value).filter(Boolean);
    use("choose", one.custom_id, values, event.currentTarget);
  };
  return h(
    "div",
    { class: "menu" },
    h("label", { for: id, class: "unseen" }, one.placeholder ?? "Choose"),
    select,
    h("button", { type: "button", disabled: one.disabled, data: { key: `${one.custom_id}!` }, onclick: send }, "Choose"),
  );
}

function options(one) {
  if (one.type !== 3) return peopleRolesChannels(one.type);
  return one.options.map((option) => ({ ...option, chosen: option.default ?? false }));
}

function picture(media, description) {
  const words = description || "A picture without a description";
  const image = h("img", { src: local(media.url), alt: words, loading: "lazy" });
  return h("figure", {}, image, h("figcaption", { "aria-hidden": "true" }, words)); // heard once
}

function file(address, name, size) {
  const told = size === undefined ? "" : ` (${Math.max(1, Math.round(size / 1024))} kB)`;
  return h("p", { class: "file" }, h("a", { href: local(address), download: name ?? "" }, `${name ?? "A file"}${told}`));
}

/** What a message carries that is not drawn by its components already. */
export function attachments(message) {
  const shown = JSON.stringify(message.components);
  return message.attachments
    .filter((one) => !shown.includes(one.url))
    .map((one) =>
      (one.content_type ?? "").startsWith("image/")
        ? picture(one, one.description)
        : file(one.url, one.filename, one.size),
    );
}

export function embed(one) {
  return h(
    "div",
    { class: "frame" },
    one.author ? h("p", { class: "small" }, one.author.name) : null,
    one.title ? h("h3", { class: "size-3" }, one.title) : null,
    one.description ? markdown(one.description) : null,
    (one.fields ?? []).map((field) => h("div", {}, h("strong", {}, field.name), markdown(field.value))),
    one.footer ? h("p", { class: "small" }, one.footer.text) : null,
  );
}
