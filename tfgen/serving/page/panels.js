// The panels: what a model declares of its conditions, as sliders and selects.

import { others, round } from "./address.js";

let updates = []; // functions that show the state on a control

/** Shows the state on all controls. */
export function updatePanels() {
  for (const update of updates) update();
}

/** Makes the controls anew.
 *
 * `mix` and `panels` are the elements that they stand in, `style` the condition of styles or
 * undefined; `state` gives the state; `changed` is called with the condition that a control changed.
 */
export function makePanels({ mix, panels, facts, style, state, changed }) {
  updates = [];
  mix.replaceChildren(mix.querySelector("legend"));
  mix.hidden = state().styles.length < 2;
  if (style) mixSliders(mix, style, state, () => changed(style));
  const groups = [
    choices(others(facts).filter(({ kind }) => kind === "one-hot"), state, changed),
    angles(others(facts).filter(({ kind }) => kind === "angle"), state, changed),
    ...others(facts)
      .filter(({ kind }) => kind === "vector")
      .map((condition) => numbers(condition, state, changed)),
  ];
  panels.replaceChildren(...groups.filter(Boolean));
}

function mixSliders(parent, style, state, changed) {
  const { styles, shares } = state();
  const names = styles.map((number) => style.names[number]);
  if (names.length === 2) {
    slider(parent, {
      name: `${names[0]} → ${names[1]}`, low: 0, high: 1, usual: 0.5, changed,
      read: () => state().shares[1] / (state().shares[0] + state().shares[1] || 1),
      write: (x) => { state().shares = [1 - x, x]; },
    });
  } else if (names.length > 2) {
    names.forEach((name, i) => {
      slider(parent, {
        name, low: 0, high: 1, usual: 1 / shares.length, changed,
        read: () => state().shares[i],
        write: (x) => { state().shares[i] = x; },
      });
    });
  }
}

function choices(conditions, state, changed) {
  if (!conditions.length) return null;
  const group = fieldset("Choices");
  for (const condition of conditions) {
    const label = document.createElement("label");
    const title = document.createElement("span");
    const select = document.createElement("select");
    title.textContent = spoken(condition.name);
    select.name = condition.name;
    select.append(...condition.names.map((name, i) => new Option(name, i)));
    select.addEventListener("change", () => {
      state().values[condition.name] = Number(select.value);
      changed(condition);
    });
    label.append(title, select);
    group.append(label);
    updates.push(() => { select.value = state().values[condition.name]; });
  }
  return group;
}

function angles(conditions, state, changed) {
  if (!conditions.length) return null;
  const group = fieldset(conditions.some(({ name }) => name === "azimuth") ? "View" : "Angles");
  for (const condition of conditions) {
    const { name, low, high, usual } = condition;
    slider(group, {
      name, low, high, usual, changed: () => changed(condition),
      read: () => state().values[name],
      write: (x) => { state().values[name] = x === 360 && condition.round ? 0 : x; },
    });
  }
  return group;
}

function numbers(condition, state, changed) {
  const group = fieldset(capital(spoken(condition.name)));
  condition.ranges.forEach(([low, high], i) => {
    // What the network never saw change there is none to try of.
    if (low === high) return;
    slider(group, {
      name: spoken(condition.names[i]), low, high, usual: condition.usual[i],
      changed: () => changed(condition),
      read: () => state().values[condition.name][i],
      write: (x) => { state().values[condition.name][i] = x; },
    });
  });
  if (group.children.length < 2) {
    const hint = document.createElement("p");
    hint.className = "hint";
    hint.textContent = `This model was trained without: ${spoken(condition.name)}.`;
    group.append(hint);
  }
  return group;
}

function slider(parent, { name, low, high, usual, read, write, changed }) {
  const label = document.createElement("label");
  const title = document.createElement("span");
  const output = document.createElement("output");
  const input = document.createElement("input");
  title.textContent = name;
  Object.assign(input, { type: "range", min: low, max: high, step: (high - low) / 200, name });
  input.addEventListener("input", () => { write(Number(input.value)); changed(); });
  input.addEventListener("dblclick", () => { write(usual); changed(); });
  label.append(title, output, input);
  parent.append(label);
  updates.push(() => {
    input.value = read();
    output.textContent = round(read(), 2);
  });
}

function fieldset(title) {
  const group = document.createElement("fieldset");
  const legend = document.createElement("legend");
  legend.textContent = title;
  group.append(legend);
  return group;
}

const spoken = (name) => name.replaceAll("_", " ");
const capital = (text) => text.charAt(0).toUpperCase() + text.slice(1);
