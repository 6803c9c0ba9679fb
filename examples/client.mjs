// The smallest possible GraphQL client: one function, errors told apart.

const url = process.env.TRILOGUE_URL ?? "http://127.0.0.1:8080/graphql";
const token = process.env.TRILOGUE_TOKEN;

/** Sends an operation and gives its data; top-level errors, which a person cannot mend, are thrown. */
export async function ask(query, variables = {}) {
  if (!token) fail("Set TRILOGUE_TOKEN.");
  const response = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${token}` },
    body: JSON.stringify({ query, variables }),
  });
  const { data, errors } = await response.json();
  if (errors?.length) {
    throw new Error(errors.map((error) => `${error.extensions?.code}: ${error.message}`).join("\n"));
  }
  return data;
}

/** Says what is wrong with an input, field by field, and gives up. */
export function insist(payload) {
  if (payload.userErrors.length) {
    fail(payload.userErrors.map(({ field, message }) => `${field?.join(".") ?? "input"}: ${message}`).join("\n"));
  }
  return payload;
}

export function fail(message) {
  console.error(message);
  process.exit(1);
}
