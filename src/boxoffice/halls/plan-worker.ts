/** The entry of the thread that reads plans. It gets one piece of work, answers, and ends. */
import { parentPort, workerData } from 'node:worker_threads';
import { type PlanWork, workOnPicture, workOnPlan } from './plan-work.js';

const work = workerData as PlanWork | { readonly document: string };
parentPort?.postMessage('document' in work ? workOnPicture(work.document) : workOnPlan(work));
