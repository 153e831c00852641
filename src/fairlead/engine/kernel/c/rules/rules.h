/* Soft rules of the kernel, one file each; the twin of objective/ in Python. A rule says at which of four places it
 * counts, and the lines of that place below are all that has to be added:
 *   a pair's points  (labour, misfit, moved)  pair_points; they never change in a search
 *   a slot's points  (lateness)               slot_points
 *   two neighbours   (switch)                 neighbour_points, neighbour_points_added
 *   a worker's load  (fairness)               load_points, load_points_added
 *   the whole plan   (makespan)               plan_points
 */
#include "labour.h"
#include "misfit.h"
#include "moved.h"
#include "lateness.h"
#include "switching.h"
#include "fairness.h"
#include "makespan.h"

static inline f64 pair_points(const Plan *p, i32 task, i32 w, i32 minutes, f64 predicted_misfit) {
    return labour(p, w, minutes) + misfit(p, task, w, predicted_misfit) + moved(p, task, w);
}

static inline f64 slot_points(const Plan *p, i32 w, const Slot *task, i32 end) { return lateness(p, w, task, end); }

static inline f64 neighbour_points(const Plan *p, i32 before, i32 after) { return switching(p, before, after); }

static inline f64 neighbour_points_added(const Plan *p, i32 before, i32 context, i32 after) {
    return switching_added(p, before, context, after);
}

static inline f64 load_points(const Plan *p, i32 w, i64 planned) { return fairness(p, w, planned); }

static inline f64 load_points_added(const Plan *p, i32 w, i32 minutes) { return fairness_added(p, w, minutes); }

static inline f64 plan_points(const Plan *p) { return p->makespan * (f64)latest_finish(p); }
