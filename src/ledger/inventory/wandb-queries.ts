/**
 * What W&B Server is asked: the queries of its public client (wandb/wandb: tools/graphql_codegen/api/users.graphql and
 * projects.graphql, wandb/apis/public/runs.py), cut down to the fields that an inventory needs; and what they answer.
 */
import { z } from 'zod';

/** Admins of the server only; the text is matched loosely, so answers are compared again. */
export const FIND_USER = `query FindUser($query: String) {
  users(query: $query) { edges { node { username email } } }
}`;

export const GET_PROJECTS = `query GetProjects($entity: String, $cursor: String, $perPage: Int = 100) {
  models(entityName: $entity, after: $cursor, first: $perPage) {
    pageInfo { endCursor hasNextPage }
    edges { node { name entityName } }
  }
}`;

/** `filters` is a Mongo-style object as JSON text; `username` is who started the run. */
export const COUNT_RUNS = `query CountRuns($entity: String!, $project: String!, $filters: JSONString) {
  project(name: $project, entityName: $entity) { runCount(filters: $filters) }
}`;

/** A run's `name` is its id in addresses and files; `displayName` is what people call it. */
export const LIST_RUNS = `query Runs($entity: String!, $project: String!, $filters: JSONString, $cursor: String, $perPage: Int = 500) {
  project(name: $project, entityName: $entity) {
    runs(filters: $filters, after: $cursor, first: $perPage, order: "+created_at") {
      edges { node { name createdAt } cursor }
      pageInfo { endCursor hasNextPage }
    }
  }
}`;

const pageInfo = z.object({ endCursor: z.string().nullish(), hasNextPage: z.boolean() });

export const usersAnswer = z.object({
  users: z
    .object({
      edges: z.array(z.object({ node: z.object({ username: z.string().nullish(), email: z.string().nullish() }) })),
    })
    .nullish(),
});

export const projectsAnswer = z.object({
  models: z.object({ pageInfo, edges: z.array(z.object({ node: z.object({ name: z.string() }) })) }).nullish(),
});

export const countAnswer = z.object({ project: z.object({ runCount: z.number().nullish() }).nullish() });

export const runsAnswer = z.object({
  project: z
    .object({
      runs: z.object({
        edges: z.array(z.object({ node: z.object({ name: z.string(), createdAt: z.string() }) })),
        pageInfo,
      }),
    })
    .nullish(),
});

/** What every GraphQL answer is. */
export const graphqlAnswer = z.object({
  data: z.unknown(),
  errors: z.array(z.object({ message: z.string() })).optional(),
});
