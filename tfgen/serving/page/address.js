// What the viewer shows, as an object and as the part of the address after the #.

export const MOST_STYLES = 3;

/** The condition of a model by its name. */
export const conditionOf = (facts, name) => facts.conditions.find((each) => each.name === name);

/** All conditions but the style, which has its own gallery. */
export const others = (facts) => facts.conditions.filter((each) => each.name !== facts.style);

/** The usual view of a model: its first style, everything else as usual. */
export function freshState(models, model) {
  const facts = models[model];
  const values = {};
  for (const { name, kind, usual } of others(facts)) {
    values[name] = kind === "vector" ? [...usual] : usual;
  }
  return { model, styles: facts.style ? [0] : [], shares: facts.style ? [1] : [], values };
}

/** An angle brought to where it makes sense: round, or between its ends. */
export function withinEnds(condition, degrees) {
  if (condition.round) return ((degrees % 360) + 360) % 360;
  return Math.min(condition.most, Math.max(condition.least, degrees));
}

/** "#model=…": the same view again. */
export function addressOf(models, view) {
  const query = new URLSearchParams({ model: view.model });
  if (view.styles.length) {
    query.set("styles", view.styles.map((s, i) => `${s}:${round(view.shares[i], 3)}`).join(","));
  }
  for (const { key, condition, place } of keysOf(models[view.model])) {
    const value = view.values[condition.name];
    if (condition.kind === "angle") query.set(key, round(value, 1));
    else if (condition.kind === "one-hot") query.set(key, value);
    else if (value[place] !== condition.usual[place]) query.set(key, round(value[place], 3));
  }
  return "#" + query.toString();
}

/** The view of an address; what makes no sense in it is as usual. */
export function stateOf(models, address) {
  const query = new URLSearchParams(address.replace(/^#/, ""));
  const model = query.get("model") in models ? query.get("model") : Object.keys(models)[0];
  const facts = models[model];
  const view = freshState(models, model);
  if (facts.style) {
    const count = conditionOf(facts, facts.style).names.length;
    const chosen = stylesOf(query.get("styles") || "", count);
    if (chosen.size) {
      view.styles = [...chosen.keys()].slice(0, MOST_STYLES);
      view.shares = view.styles.map((style) => chosen.get(style));
    }
  }
  for (const { key, condition, place } of keysOf(facts)) {
    const text = query.get(key);
    const number = parseFloat(text);
    if (condition.kind === "one-hot") {
      if (condition.names.includes(text)) view.values[condition.name] = condition.names.indexOf(text);
      else if (number in condition.names) view.values[condition.name] = number;
    } else if (Number.isFinite(number)) {
      if (condition.kind === "angle") view.values[condition.name] = withinEnds(condition, number);
      else view.values[condition.name][place] = number;
    }
  }
  return view;
}

/** What an address calls a condition, or a number of a vector: by its name, unless that is taken. */
function keysOf(facts) {
  const taken = new Set(["model", "styles"]);
  const keys = [];
  const add = (name, owner, condition, place) => {
    const key = taken.has(name) || /^\d+$/.test(name) ? `${owner}.${name}` : name;
    taken.add(key);
    keys.push({ key, condition, place });
  };
  for (const condition of others(facts)) {
    if (condition.kind !== "vector") add(condition.name, "condition", condition);
    else condition.names.forEach((name, place) => add(name, condition.name, condition, place));
  }
  return keys;
}

function stylesOf(text, count) {
  const chosen = new Map();
  for (const part of text.split(",").filter(Boolean)) {
    const [style, share] = part.split(":").map(Number);
    if (Number.isInteger(style) && style >= 0 && style < count) {
      chosen.set(style, Number.isFinite(share) ? Math.min(1, Math.max(0, share)) : 1);
    }
  }
  return chosen;
}

export const round = (x, digits) => String(+x.toFixed(digits));
