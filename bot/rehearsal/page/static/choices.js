// People, roles and channels to choose from, where a menu or an option asks for them.

import { store } from "./store.js";

const entries = (names, sign) =>
  Object.entries(names).map(([value, label]) => ({ value, label: label.startsWith(sign) ? label : sign + label }));

function people() {
  const here = new Set(store.state.names.members);
  return entries(store.state.names.users, "@").filter((one) => here.has(one.value));
}
const roles = () => entries(store.state.names.roles, "@").filter((one) => one.label !== "@everyone");
const channels = () =>
  store.state.places.filter((one) => one.kind === "text" || one.kind === "thread").map((one) => ({
    value: one.id,
    label: `#${one.home ? `${one.home}/` : ""}${one.name}`,
  }));

/** For the type of a menu: 5 people, 6 roles, 7 both, 8 channels. */
export const peopleRolesChannels = (type) =>
  ({ 5: people, 6: roles, 7: () => [...people(), ...roles()], 8: channels })[type]();

/** For the type of a command's option: 6 a person, 7 a channel, 8 a role, 9 a person or role. */
export const forOption = (type) =>
  ({ 6: people, 7: channels, 8: roles, 9: () => [...people(), ...roles()] })[type]();
