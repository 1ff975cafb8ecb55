// What the viewer shows, as an object and as the part of the address after the #.

export const MOST_STYLES = 3;

/** The usual view of a model: its first style, untransformed. */
export function freshState(labels, model) {
  const facts = labels[model];
  const transform = {};
  for (const name of Object.keys(facts.transform_ranges)) transform[name] = 0;
  const elevations = facts.elevations;
  const elevation = elevations[Math.floor(elevations.length / 2)];
  return { model, styles: [0], shares: [1], azimuth: 30, elevation, transform };
}

/** "#model=…": the same view again. */
export function addressOf(view) {
  const query = new URLSearchParams({ model: view.model });
  query.set("styles", view.styles.map((s, i) => `${s}:${round(view.shares[i], 3)}`).join(","));
  query.set("azimuth", round(view.azimuth, 1));
  query.set("elevation", round(view.elevation, 1));
  for (const [name, value] of Object.entries(view.transform)) {
    if (value) query.set(name, round(value, 3));
  }
  return "#" + query.toString();
}

/** The view of an address; what makes no sense in it is as usual. */
export function stateOf(labels, address) {
  const query = new URLSearchParams(address.replace(/^#/, ""));
  const model = query.get("model") in labels ? query.get("model") : Object.keys(labels)[0];
  const view = freshState(labels, model);
  const number = (name, usual) => {
    const value = parseFloat(query.get(name));
    return Number.isFinite(value) ? value : usual;
  };
  const chosen = stylesOf(query.get("styles") || "", labels[model].style_names.length);
  if (chosen.size) {
    view.styles = [...chosen.keys()].slice(0, MOST_STYLES);
    view.shares = view.styles.map((style) => chosen.get(style));
  }
  view.azimuth = modulo(number("azimuth", view.azimuth));
  view.elevation = Math.min(90, Math.max(-90, number("elevation", view.elevation)));
  for (const name of Object.keys(view.transform)) view.transform[name] = number(name, 0);
  return view;
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
export const modulo = (degrees) => ((degrees % 360) + 360) % 360;
