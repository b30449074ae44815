/** The cinemas of the chain: 12 venues in five cities of four time zones, with 60 halls. The venues are made up. */
import { CHAIN_PLANS, type ChainPlan, type PlanName } from './chain-plans.js';

interface ChainCity {
  readonly city: string;
  readonly timeZone: string;
  readonly currency: string;
  /** What an ordinary seat costs, in minor units. */
  readonly basePrice: number;
  /** Prices are rounded to this, in minor units. */
  readonly priceStep: number;
}

export interface ChainVenue extends ChainCity {
  readonly id: string;
  readonly name: string;
  readonly address: string;
  readonly halls: readonly ChainHall[];
}

export interface ChainHall {
  readonly id: string;
  readonly name: string;
  /** From 0 on, through all venues. */
  readonly index: number;
  readonly plan: ChainPlan;
  /** Minor units by category. */
  readonly prices: Readonly<Record<string, number>>;
}

const BERLIN = { city: 'Berlin', timeZone: 'Europe/Berlin', currency: 'EUR', basePrice: 1_150, priceStep: 50 };
const LONDON = { city: 'London', timeZone: 'Europe/London', currency: 'GBP', basePrice: 1_200, priceStep: 50 };
const LISBON = { city: 'Lisbon', timeZone: 'Europe/Lisbon', currency: 'EUR', basePrice: 780, priceStep: 10 };
const NEW_YORK = { city: 'New York', timeZone: 'America/New_York', currency: 'USD', basePrice: 1_650, priceStep: 25 };
const TOKYO = { city: 'Tokyo', timeZone: 'Asia/Tokyo', currency: 'JPY', basePrice: 1_900, priceStep: 100 };

/** Halls by size. The same name and plan in two venues is the same seat map, which is stored once. */
const LARGE: readonly PlanName[] = ['grand', 'palace', 'classic', 'classic', 'terrace', 'studio', 'salon'];
const MIDDLE: readonly PlanName[] = ['palace', 'classic', 'terrace', 'studio', 'salon'];
const SMALL: readonly PlanName[] = ['classic', 'terrace', 'studio'];

const VENUES = [
  venue(BERLIN, 'lumen-kantstrasse', 'Lumen Kantstraße', 'Kantstraße 211, 10623 Berlin', LARGE),
  venue(BERLIN, 'lumen-ostkreuz', 'Lumen Ostkreuz', 'Sonntagstraße 88, 10245 Berlin', MIDDLE),
  venue(BERLIN, 'lumen-wedding', 'Lumen Wedding', 'Müllerstraße 300, 13353 Berlin', SMALL),
  venue(LONDON, 'lumen-southbank', 'Lumen South Bank', '90 Upper Ground, London SE1', LARGE),
  venue(LONDON, 'lumen-hackney', 'Lumen Hackney', '412 Mare Street, London E8', MIDDLE),
  venue(LONDON, 'lumen-brixton', 'Lumen Brixton', '77 Coldharbour Lane, London SW9', SMALL),
  venue(LISBON, 'lumen-avenida', 'Lumen Avenida', 'Avenida da Liberdade 290, 1250 Lisboa', MIDDLE),
  venue(LISBON, 'lumen-alvalade', 'Lumen Alvalade', 'Avenida de Roma 140, 1700 Lisboa', MIDDLE),
  venue(NEW_YORK, 'lumen-chelsea', 'Lumen Chelsea', '390 West 23rd Street, New York, NY', MIDDLE),
  venue(NEW_YORK, 'lumen-brooklyn', 'Lumen Brooklyn', '520 Fulton Street, Brooklyn, NY', MIDDLE),
  venue(TOKYO, 'lumen-shinjuku', 'Lumen Shinjuku', '3-90 Shinjuku, Shinjuku-ku, Tokyo', MIDDLE),
  venue(TOKYO, 'lumen-shibuya', 'Lumen Shibuya', '1-95 Dogenzaka, Shibuya-ku, Tokyo', MIDDLE),
];

export const CHAIN_VENUES: readonly ChainVenue[] = numbered(VENUES);

type PlannedVenue = Omit<ChainVenue, 'halls'> & { readonly plans: readonly PlanName[] };

function venue(city: ChainCity, id: string, name: string, address: string, plans: readonly PlanName[]): PlannedVenue {
  return { ...city, id, name, address, plans };
}

function numbered(venues: readonly PlannedVenue[]): ChainVenue[] {
  let index = 0;
  return venues.map(({ plans, ...rest }) => {
    const halls = plans.map((plan, i) => ({
      id: `${rest.id}-${i + 1}`,
      name: `Screen ${i + 1}`,
      index: index++,
      plan: CHAIN_PLANS[plan],
      prices: pricesOf(CHAIN_PLANS[plan], rest),
    }));
    return { ...rest, halls };
  });
}

function pricesOf({ priceFactors }: ChainPlan, { basePrice, priceStep }: ChainCity): Record<string, number> {
  const entries = Object.entries(priceFactors).map(([category, factor]) => {
    return [category, Math.round((basePrice * factor) / priceStep) * priceStep] as const;
  });
  return Object.fromEntries(entries);
}
