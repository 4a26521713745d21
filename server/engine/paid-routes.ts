import type { Attempt, ModelSummary } from "../../shared/answer.ts";
import { isFree, isOverride } from "../core/price.ts";
import { type Route, routeName } from "../core/provider.ts";
import type { Scene } from "./configure.ts";

/** Routes that were free as far as anybody knew, until their provider reported a cost. */
export interface PaidRoutes {
  /** Notes it where an attempt shows that; true when it is news. */
  heard(attempt: Pick<Attempt, "costNano" | "costSource">, route: Route): boolean;
  /** A scene in which the price of such routes is not known, so that they are not asked under a cap. */
  applyTo(scene: Scene): Scene;
}

/** Far more than a person sets up; beyond it the first is free again until it is heard of once more. */
const MOST_ROUTES = 200;

export function createPaidRoutes(): PaidRoutes {
  /** The names of routes, by name and address. */
  const paid = new Map<string, string>();
  const isPaid = (route: Pick<Route, "price" | "providerId" | "modelId" | "origin">): boolean =>
    isFreeByHearsay(route) && paid.has(keyOf(route));
  const reprice = (route: Route): Route => {
    if (!isPaid(route)) return route;
    const { priceAt: _priceAt, ...rest } = route;
    return { ...rest, price: null };
  };
  return {
    heard({ costNano, costSource }, route) {
      if (costSource !== "reported" || costNano === null || costNano === 0) return false;
      if (route.simulated || !isFreeByHearsay(route) || paid.has(keyOf(route))) return false;
      paid.set(keyOf(route), routeName(route));
      const [oldest] = paid.keys();
      if (paid.size > MOST_ROUTES && oldest !== undefined) paid.delete(oldest);
      return true;
    },
    applyTo(scene) {
      if (paid.size === 0) return scene;
      const { routesFor } = scene;
      const names = new Set(paid.values());
      return {
        ...scene,
        routes: scene.routes.map(reprice),
        routesFor: (mode) => routesFor(mode).map(reprice),
        localRoutes: scene.localRoutes.filter((route) => !isPaid(route)),
        models: scene.models.map((model) => {
          const name = routeName(model);
          if (model.priceSource !== "free" || !names.has(name)) return model;
          return routesFor(name).some((route) => routeName(route) === name && isPaid(route)) ? unpriced(model) : model;
        }),
      };
    },
  };
}

/** The person's own "free" is their word, and stays. */
function isFreeByHearsay({ price }: Pick<Route, "price">): boolean {
  return isFree(price) && !isOverride(price);
}

function unpriced(model: ModelSummary): ModelSummary {
  return { ...model, inputPerMillionUsd: null, outputPerMillionUsd: null, priceSource: null };
}

function keyOf(route: Pick<Route, "providerId" | "modelId" | "origin">): string {
  return `${route.origin} ${routeName(route)}`;
}
