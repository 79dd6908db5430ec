/** Exchanges counted by hour, for charts. */
export interface ExchangeHourTables {
  exchange_hours: {
    organization_id: string;
    /** Begin of the hour, epoch milliseconds. */
    hour: number;
    /** Empty: none was known. */
    connection_id: string;
    outcome: string;
    count: number;
  };
  /** How far the hours of an organization were counted. */
  exchange_hours_counted: {
    organization_id: string;
    /** End of the newest counted hour. */
    until: number;
  };
}
