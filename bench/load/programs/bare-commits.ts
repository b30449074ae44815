/** The journal alone, in a process of its own as a node is. */
import { bareCommits } from '../../journal/bare-commits.js';
import { serveOrders } from '../serve-orders.js';

const orders = { commit: bareCommits };

export type BareCommitsOrders = typeof orders;
serveOrders(orders);
