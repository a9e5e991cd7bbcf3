// Writes Discord's OpenAPI schemas as one JSON document to standard output.
//
// The package discord-api-spec keeps the component schemas as zod objects (with their lengths
// and limits) and the operations as a TypeScript interface named Paths. Both are turned back
// into the shape of an OpenAPI 3.1 document, which tests/conform/checker.py reads.
import { readFileSync } from "node:fs";
import ts from "typescript";
import * as z from "zod";
import * as spec from "discord-api-spec/zod";

const home = new URL("node_modules/discord-api-spec/", import.meta.url);
const { version } = JSON.parse(readFileSync(new URL("package.json", home), "utf8"));
const typesFile = new URL("build/discord-api-spec.ts", home);
const JSON_TYPE = "application/json";
const reference = (name) => ({ $ref: `#/components/schemas/${name}` });

function components() {
  const registry = z.registry();
  for (const [name, schema] of Object.entries(spec)) {
    if (name.endsWith("Schema")) registry.add(schema, { id: name.slice(0, -"Schema".length) });
  }
  const { schemas } = z.toJSONSchema(registry, {
    io: "input",
    unrepresentable: "any",
    uri: (id) => reference(id).$ref,
    override: ({ jsonSchema }) => {
      // zod accepts only times that end in Z; Discord writes +00:00. The format is checked instead.
      if (jsonSchema.format === "date-time") delete jsonSchema.pattern;
    },
  });
  for (const schema of Object.values(schemas)) {
    delete schema.$schema;
    delete schema.$id;
  }
  schemas.SnowflakeType.format = "snowflake";
  return schemas;
}

const NOTHING = [ts.SyntaxKind.NeverKeyword, ts.SyntaxKind.UndefinedKeyword, ts.SyntaxKind.UnknownKeyword];

function toSchema(node) {
  if (ts.isParenthesizedTypeNode(node)) return toSchema(node.type);
  if (ts.isTypeReferenceNode(node)) return reference(node.typeName.text);
  if (ts.isArrayTypeNode(node)) return { type: "array", items: toSchema(node.elementType) };
  if (ts.isUnionTypeNode(node)) return { anyOf: node.types.map(toSchema) };
  if (ts.isTypeLiteralNode(node)) return objectSchema(node);
  if (ts.isLiteralTypeNode(node)) {
    if (node.literal.kind === ts.SyntaxKind.NullKeyword) return { type: "null" };
    return { const: JSON.parse(node.literal.getText()) };
  }
  switch (node.kind) {
    case ts.SyntaxKind.StringKeyword: return { type: "string" };
    case ts.SyntaxKind.NumberKeyword: return { type: "number" };
    case ts.SyntaxKind.BooleanKeyword: return { type: "boolean" };
    case ts.SyntaxKind.UnknownKeyword: return {};
  }
  throw new Error(`This TypeScript is not understood: ${node.getText()}`);
}

function objectSchema(node) {
  const schema = { type: "object" };
  for (const member of node.members) {
    if (ts.isIndexSignatureDeclaration(member)) {
      schema.additionalProperties = toSchema(member.type);
    } else {
      (schema.properties ??= {})[member.name.text] = toSchema(member.type);
      if (!member.questionToken) (schema.required ??= []).push(member.name.text);
    }
  }
  return schema;
}

const members = (node) => Object.fromEntries(node.members.map((m) => [m.name.text, m.type]));
const content = (node) =>
  NOTHING.includes(node.kind) ? {} : { content: { [JSON_TYPE]: { schema: toSchema(node) } } };

function operation(node) {
  const parts = members(node);
  const { query } = members(parts.parameters);
  const responses = Object.entries(members(parts.responses));
  const result = {
    parameters: query && ts.isTypeLiteralNode(query)
      ? query.members.map((m) => ({ in: "query", name: m.name.text, schema: toSchema(m.type) }))
      : [],
    responses: Object.fromEntries(responses.map(([status, body]) => [status, content(body)])),
  };
  const body = content(parts.requestBody);
  if (body.content) result.requestBody = body;
  return result;
}

function paths() {
  const text = readFileSync(typesFile, "utf8");
  const source = ts.createSourceFile("spec.ts", text, ts.ScriptTarget.Latest, true);
  const isPaths = (s) => ts.isInterfaceDeclaration(s) && s.name.text === "Paths";
  const found = Object.entries(members(source.statements.find(isPaths)));
  return Object.fromEntries(found.map(([path, node]) => {
    const operations = Object.entries(members(node)).filter(([, m]) => ts.isTypeLiteralNode(m));
    return [path, Object.fromEntries(operations.map(([method, m]) => [method, operation(m)]))];
  }));
}

const document = {
  openapi: "3.1.0",
  info: { title: "Discord HTTP API, from discord-api-spec", version },
  paths: paths(),
  components: { schemas: components() },
};
process.stdout.write(JSON.stringify(document, null, 1) + "\n");
