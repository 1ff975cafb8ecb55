// Asks the models behind TensorFlow Serving's REST interface for pictures.

import { conditionOf, others } from "./address.js";

/** The picture of a view, as the source of an image. */
export async function picture(facts, view) {
  const inputs = {};
  for (const condition of others(facts)) {
    const value = view.values[condition.name];
    if (condition.kind !== "one-hot") inputs[condition.name] = [value];
    else inputs[weightsOf(facts, condition)] = [oneHot(condition, [value], [1])];
  }
  if (facts.style) {
    const style = conditionOf(facts, facts.style);
    const total = view.shares.reduce((a, b) => a + b, 0) || 1;
    const shares = view.shares.map((share) => share / total);
    inputs[weightsOf(facts, style)] = [oneHot(style, view.styles, shares)];
  }
  const [source] = await pictures(view.model, facts.signature, inputs);
  return source;
}

/** Pictures of some styles; `values` are those of the other conditions. */
export function thumbnails(facts, model, styles, values) {
  const inputs = { [facts.style]: styles };
  for (const { name } of others(facts)) inputs[name] = styles.map(() => values[name]);
  return pictures(model, "png", inputs);
}

// Signatures call the weights of several one-hot conditions by their names.
function weightsOf(facts, condition) {
  const several = facts.conditions.filter((each) => each.kind === "one-hot").length > 1;
  return several ? `${condition.name}_weights` : "weights";
}

function oneHot(condition, numbers, shares) {
  const weights = new Array(condition.names.length).fill(0);
  numbers.forEach((number, i) => { weights[number] = shares[i]; });
  return weights;
}

async function pictures(model, signature, inputs) {
  const response = await fetch(`/v1/models/${encodeURIComponent(model)}:predict`, {
    method: "POST",
    body: JSON.stringify({ signature_name: signature, inputs }),
  });
  const answer = await response.json();
  if (!response.ok) throw new Error(answer.error || response.statusText);
  return answer.outputs.map((png) => "data:image/png;base64," + png.b64);
}
