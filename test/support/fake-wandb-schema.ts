/**
 * A stand-in for the part of W&B Server's GraphQL schema that an inventory asks: written from what its public client sends
 * and reads (wandb/wandb: wandb/apis/public/runs.py, tools/graphql_codegen/api/{users,projects}.graphql). The server itself
 * is closed; where the client says nothing, this schema is a guess, and says so.
 */
import { buildSchema } from 'graphql';

export const fakeWandbSchema = buildSchema(`
  scalar JSONString
  scalar DateTime

  type Query {
    users(query: String, first: Int = 50, after: String): UserConnection
    models(entityName: String, first: Int = 50, after: String): ProjectConnection
    project(name: String, entityName: String): Project
  }

  type PageInfo { endCursor: String  hasNextPage: Boolean! }

  type UserConnection { edges: [UserEdge!]!  pageInfo: PageInfo! }
  type UserEdge { node: User!  cursor: String! }
  type User { id: ID!  name: String  username: String  email: String  admin: Boolean  deletedAt: DateTime }

  type ProjectConnection { edges: [ProjectEdge!]!  pageInfo: PageInfo! }
  type ProjectEdge { node: Project!  cursor: String! }
  type Project {
    id: ID!
    name: String!
    entityName: String!
    createdAt: DateTime
    runCount(filters: JSONString): Int
    runs(filters: JSONString, after: String, first: Int = 50, order: String = "+created_at"): RunConnection
  }

  type RunConnection { edges: [RunEdge!]!  pageInfo: PageInfo!  totalCount: Int }
  type RunEdge { node: Run!  cursor: String! }
  type Run { id: ID!  name: String!  displayName: String  createdAt: DateTime!  state: String  user: User }
`);
