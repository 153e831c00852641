/* Everything the kernel works on: one line per array or number. Python reads this list from the built library
 * (fl_layout) and hands over arrays of just these names and types, so the two sides cannot drift apart.
 *
 * Sizes: N tasks, W workers, R rows (one per lane of a worker), P pairs (task on able worker), C contexts.
 * Minutes are whole; "work minutes" count only the minutes in which the worker works (clock.h).
 */

#define ARRAYS(X)                                                                                                     \
    /* workers: W entries, the _ptr arrays one more */                                                                \
    X(i64, gap_ptr)        /* intervals of worker w: gap_ptr[w] .. gap_ptr[w + 1] */                                  \
    X(i32, from_min)       /* start of an interval, minutes since Problem.start */                                    \
    X(i32, until_min)      /* its end */                                                                              \
    X(i32, before_min)     /* work minutes before it */                                                               \
    X(i64, week_ptr)       /* weeks of a worker with a cap; none: every minute is worked, weeks are computed */       \
    X(i32, week_end)       /* work minutes before the end of the week */                                              \
    X(i32, cap)            /* most work minutes in a week; FAR when it can never bind */                              \
    X(i32, total)          /* work minutes in the whole calendar */                                                   \
    X(i32, most)           /* most tasks */                                                                           \
    X(i32, buffer)         /* minutes of the clock between two tasks of a row */                                      \
    X(f64, available)      /* minutes the worker can work within the horizon, for fairness */                         \
    X(f64, filled)         /* share of the worker's time that was filled lately, for fairness */                      \
    X(u8, shares)          /* 1: several lanes share a cap that can bind */                                           \
    X(i64, row_ptr)        /* rows of a worker */                                                                     \
    /* tasks: N entries */                                                                                            \
    X(i32, release)        /* earliest start, minutes since Problem.start */                                          \
    X(i32, due)            /* FAR when there is none */                                                               \
    X(f64, late_rate)      /* points per minute after due */                                                          \
    X(f64, price)          /* points of leaving it out */                                                             \
    X(i32, context)        /* NONE: belongs to none */                                                                \
    X(i64, pred_ptr)                                                                                                  \
    X(i32, pred)                                                                                                      \
    X(i64, succ_ptr)                                                                                                  \
    X(i32, succ)                                                                                                      \
    X(i32, tail)           /* least minutes between the end of the task and the end of all that waits for it */       \
    X(f64, worth)          /* points of leaving out the task and all that waits for it */                             \
    X(i32, deadline)       /* N, or empty: latest finish in a part of a plan; FAR: none */                            \
    X(i64, pair_ptr)       /* pairs of a task, by points: pair_ptr[i] .. pair_ptr[i + 1] */                           \
    X(Pair, pairs)         /* P entries */                                                                            \
    X(u8, locked)          /* 1: the search may not take it out */                                                    \
    X(i32, home)           /* worker who had it before a repair; NONE: nobody, or no repair */                        \
    X(i64, context_ptr)    /* tasks of a context: C + 1 */                                                            \
    X(i32, context_task)                                                                                              \
    X(i32, seeds)          /* tasks that the search may start a ruin from */                                          \
    X(i32, order)          /* tasks in the order of construction, or of what is read in */                            \
    X(i32, order_row)      /* row of each when a plan is read in */                                                   \
    /* the plan: rows of slots */                                                                                     \
    X(i32, row_worker)     /* R */                                                                                    \
    X(i64, row_at)         /* first slot of the row */                                                                \
    X(i32, row_room)       /* slots it can hold */                                                                    \
    X(i32, row_len)        /* slots it holds */                                                                       \
    X(f64, row_points)     /* sum of the pairs' points */                                                             \
    X(f64, row_late)       /* sum of lateness */                                                                      \
    X(i32, row_switches)                                                                                              \
    X(Slot, slots)                                                                                                    \
    X(Slot, best_slots)    /* the same for the best plan found */                                                     \
    X(i32, best_len)                                                                                                  \
    X(u8, stale)           /* 1: the row differs from the best plan's */                                              \
    X(i32, stale_rows)                                                                                                \
    X(i32, task_row)       /* N; NONE: left out */                                                                    \
    X(i32, task_place)     /* position in its row */                                                                  \
    X(i64, planned)        /* W; minutes */                                                                           \
    X(i32, held)           /* W; tasks */                                                                             \
    X(f64, load_points)    /* W; fairness */                                                                          \
    X(i32, latest)         /* tree of maxima over the rows' last finishes; empty unless makespan counts */            \
    X(i32, pool)           /* tasks left out */                                                                       \
    X(i32, pool_place)     /* N; NONE: not in the pool */                                                             \
    /* scratch */                                                                                                     \
    X(Snap, snaps)         /* what to write back on undo */                                                           \
    X(Slot, snap_slots)                                                                                               \
    X(i64, row_stamp)      /* R; when the row was last saved */                                                       \
    X(i32, queue)          /* N; tasks whose finish changed */                                                        \
    X(u8, queued)          /* N */                                                                                    \
    X(i32, taken)          /* tasks taken out in this iteration, then those put back */                               \
    X(i32, taken_from)     /* who had them; NONE: nobody */                                                           \
    X(f64, taken_key)      /* sorting key */                                                                          \
    X(i64, taken_stamp)    /* N; iteration in which it was taken */                                                   \
    X(i32, week_used)      /* minutes used by week, for workers whose lanes share a cap */                            \
    X(Lane, lanes)         /* one per lane of the worker with most lanes */                                           \
    X(u64, random)         /* state of the random numbers */                                                          \
    /* who is able (able.h); only needed until the pairs are made */                                                  \
    X(i32, effort)         /* N; minutes at speed 1 */                                                                \
    X(i64, need_ptr)                                                                                                  \
    X(i32, need_set)       /* number of the bit set of workers who have the needed level */                           \
    X(i32, need_skill)                                                                                                \
    X(i32, need_level)                                                                                                \
    X(u64, able_set)       /* bit sets over the workers, one after the other */                                       \
    X(i64, only_ptr)       /* empty range: everybody */                                                               \
    X(i32, only)           /* workers */                                                                              \
    X(i64, never_ptr)                                                                                                 \
    X(i32, never)                                                                                                     \
    X(i32, pin_worker)     /* NONE: no pin */                                                                         \
    X(i32, pin_start)      /* NONE: any start */                                                                      \
    X(i32, now)            /* who holds it; NONE: nobody */                                                           \
    X(i64, minutes_ptr)    /* predicted minutes, by worker */                                                         \
    X(i32, minutes_worker)                                                                                            \
    X(i32, minutes)                                                                                                   \
    X(i64, misfit_ptr)     /* predicted misfit, by worker */                                                          \
    X(i32, misfit_worker)                                                                                             \
    X(f64, misfit_points)                                                                                             \
    X(u8, level)           /* W x skills */                                                                           \
    X(i64, speed_above)    /* W; speed as a fraction; 0: all minutes of this worker are predicted */                  \
    X(i64, speed_below)                                                                                               \
    X(f64, rate)           /* W; money per hour */                                                                    \
    X(u64, set_now)        /* scratch: one bit set */

#define NUMBERS(X)                                                                                                    \
    X(f64, switch_points)                                                                                             \
    X(f64, fairness)                                                                                                  \
    X(f64, makespan)       /* points per minute of the latest finish */                                               \
    X(f64, labour)         /* points per unit of money */                                                             \
    X(f64, misfit)         /* factor on misfit */                                                                     \
    X(f64, stability)      /* points per task that leaves who holds it now */                                         \
    X(i64, skills)         /* columns of level */                                                                     \
    X(i64, setup)          /* minutes */                                                                              \
    X(i64, has_chains)                                                                                                \
    X(i64, has_contexts)                                                                                              \
    X(i64, thorough)       /* 1: also try places before tasks that end before the new one can start */                \
    X(i64, most_moved)     /* most tasks that a repair may move */                                                    \
    X(i64, moved)          /* tasks that are not where they were */                                                   \
    X(i64, mean_ruin)      /* mean number of tasks that an iteration takes out */                                     \
    X(i64, longest_string)                                                                                            \
    X(i64, most_taken)     /* an iteration that would take out more is given up */                                    \
    X(f64, cost)           /* of the plan that the search walks from */                                               \
    X(f64, best_cost)                                                                                                 \
    X(i64, stamp)                                                                                                     \
    X(i64, saved)          /* snaps in use */                                                                         \
    X(i64, saved_slots)                                                                                               \
    X(i64, waiting)        /* tasks in the queue ... */                                                               \
    X(i64, waiting_from)   /* ... from here on, in a ring */                                                          \
    X(i64, taken_count)                                                                                               \
    X(i64, pool_count)                                                                                                \
    X(i64, stale_count)                                                                                               \
    X(i64, accepted)                                                                                                  \
    X(i64, improved)                                                                                                  \
    X(i64, need)           /* why the kernel came back early: a NEED_ code */                                         \
    X(i64, need_row)       /* the row that is full */
