/** Ridge regression on sparse rows, by conjugate gradients: the same data gives the same weights, to the last digit. */

/** Column numbers and their values; every other column is 0. */
export interface SparseRow {
  at: Int32Array;
  value: Float64Array;
}

export interface Linear {
  intercept: number;
  weights: Float64Array;
}

export function dot(row: SparseRow, weights: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < row.at.length; i += 1) sum += (row.value[i] ?? 0) * (weights[row.at[i] ?? 0] ?? 0);
  return sum;
}

/**
 * The weights that minimise `Σ (intercept + w·x − y)² + penalty · |w|²`; the intercept is not penalised. `columns` is how
 * many there are. Ends when the residual is a millionth of what it was, or after 400 steps.
 */
export function fitRidge(
  rows: readonly SparseRow[],
  targets: readonly number[],
  { columns, penalty }: { columns: number; penalty: number },
): Linear {
  const count = Math.max(1, rows.length);
  const meanTarget = targets.reduce((sum, each) => sum + each, 0) / count;
  const means = new Float64Array(columns);
  for (const row of rows) {
    for (let i = 0; i < row.at.length; i += 1) {
      const at = row.at[i] ?? 0;
      means[at] = (means[at] ?? 0) + (row.value[i] ?? 0) / count;
    }
  }
  // Centred without making the rows dense: (X − 1m)ᵀ(X − 1m) w = Xᵀ(Xw) − n·m(m·w).
  const multiply = (weights: Float64Array): Float64Array => {
    const result = new Float64Array(columns);
    let shift = 0;
    for (let at = 0; at < columns; at += 1) shift += (means[at] ?? 0) * (weights[at] ?? 0);
    for (const row of rows) addTimes(result, row, dot(row, weights) - shift);
    let total = 0;
    for (const row of rows) total += dot(row, weights) - shift;
    for (let at = 0; at < columns; at += 1) {
      result[at] = (result[at] ?? 0) - total * (means[at] ?? 0) + penalty * (weights[at] ?? 0);
    }
    return result;
  };
  const wanted = new Float64Array(columns);
  let left = 0;
  for (const [index, row] of rows.entries()) {
    const target = (targets[index] ?? 0) - meanTarget;
    addTimes(wanted, row, target);
    left += target;
  }
  for (let at = 0; at < columns; at += 1) wanted[at] = (wanted[at] ?? 0) - left * (means[at] ?? 0);

  const weights = new Float64Array(columns);
  const residual = Float64Array.from(wanted);
  let direction = Float64Array.from(residual);
  let size = squared(residual);
  const enough = size * 1e-12;
  for (let step = 0; step < 400 && size > enough; step += 1) {
    const along = multiply(direction);
    let curvature = 0;
    for (let at = 0; at < columns; at += 1) curvature += (direction[at] ?? 0) * (along[at] ?? 0);
    const length = size / curvature;
    for (let at = 0; at < columns; at += 1) {
      weights[at] = (weights[at] ?? 0) + length * (direction[at] ?? 0);
      residual[at] = (residual[at] ?? 0) - length * (along[at] ?? 0);
    }
    const next = squared(residual);
    const turned = new Float64Array(columns);
    for (let at = 0; at < columns; at += 1) turned[at] = (residual[at] ?? 0) + (next / size) * (direction[at] ?? 0);
    direction = turned;
    size = next;
  }
  let intercept = meanTarget;
  for (let at = 0; at < columns; at += 1) intercept -= (means[at] ?? 0) * (weights[at] ?? 0);
  return { intercept, weights };
}

function addTimes(into: Float64Array, row: SparseRow, factor: number): void {
  for (let i = 0; i < row.at.length; i += 1) {
    const at = row.at[i] ?? 0;
    into[at] = (into[at] ?? 0) + factor * (row.value[i] ?? 0);
  }
}

function squared(vector: Float64Array): number {
  let sum = 0;
  for (const each of vector) sum += each * each;
  return sum;
}
