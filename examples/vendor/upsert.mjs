// Tells Trilogue about sellers and orders: node upsert.mjs catalogue.json
// The file holds { "sellers": [SellerInput], "orders": [OrderInput] }. Sellers first, as orders name them.

import { readFile } from "node:fs/promises";
import { ask, fail, insist } from "../client.mjs";

const BATCH = 500; // the most that one call takes

const SELLERS = `mutation ($input: SellersUpsertInput!) {
  sellersUpsert(input: $input) { sellers { externalId } userErrors { field message } }
}`;
const ORDERS = `mutation ($input: OrdersUpsertInput!) {
  ordersUpsert(input: $input) { orders { reference } userErrors { field message } }
}`;

const file = process.argv[2] ?? fail("Usage: node upsert.mjs catalogue.json");
const { sellers = [], orders = [] } = JSON.parse(await readFile(file, "utf8"));

// All of a batch is stored, or nothing of it; sending it again changes nothing.
for (const batch of batches(sellers)) insist((await ask(SELLERS, { input: { sellers: batch } })).sellersUpsert);
for (const batch of batches(orders)) insist((await ask(ORDERS, { input: { orders: batch } })).ordersUpsert);
console.log(`Stored ${sellers.length} sellers and ${orders.length} orders.`);

function* batches(list) {
  for (let start = 0; start < list.length; start += BATCH) yield list.slice(start, start + BATCH);
}
