// SPDX-License-Identifier: GPL-2.0
/*
 * Faults on purpose, one a load: what the detectors of the debug kernel are there to
 * report. selftests/vm/test_detectors loads it and demands that they do.
 */
#include <linux/list.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/netdevice.h>
#include <linux/rcupdate.h>
#include <linux/refcount.h>
#include <linux/slab.h>
#include <linux/timer.h>

static char *fault = "none";
module_param(fault, charp, 0);
MODULE_PARM_DESC(fault, "which one");

struct thing {
	struct timer_list timer;
	refcount_t users;
	u8 bytes[40];
};

static DEFINE_MUTEX(first);
static DEFINE_MUTEX(second);
static int __rcu *protected;
static netdevice_tracker tracker;

static struct thing *make(void)
{
	return kzalloc(sizeof(struct thing), GFP_KERNEL);
}

static void use_after_free(void)
{
	struct thing *thing = make();

	kfree(thing);
	pr_info("faulty: %u\n", READ_ONCE(thing->bytes[3]));
}

static void out_of_bounds(void)
{
	struct thing *thing = make();
	u8 *bytes = (u8 *)thing;

	OPTIMIZER_HIDE_VAR(bytes);
	WRITE_ONCE(bytes[sizeof(*thing) + 1], 1);
	kfree(thing);
}

/* Several: a stack may still hold a pointer to the last. */
static void leak(void)
{
	struct thing *thing;
	int i;

	for (i = 0; i < 16; i++) {
		thing = make();
		OPTIMIZER_HIDE_VAR(thing);
	}
}

static void lock_order(void)
{
	mutex_lock(&first);
	mutex_lock(&second);
	mutex_unlock(&second);
	mutex_unlock(&first);

	mutex_lock(&second);
	mutex_lock(&first);
	mutex_unlock(&first);
	mutex_unlock(&second);
}

static void sleep_in_atomic(void)
{
	preempt_disable();
	mutex_lock(&first);
	mutex_unlock(&first);
	preempt_enable();
}

static void unprotected_read(void)
{
	const int *value = rcu_dereference(protected);

	pr_info("faulty: %p\n", value);
}

static void on_timer(struct timer_list *timer)
{
}

static void freed_while_active(void)
{
	struct thing *thing = make();

	timer_setup(&thing->timer, on_timer, 0);
	mod_timer(&thing->timer, jiffies + 100 * HZ);
	kfree(thing);
}

static void shift(void)
{
	unsigned int by = 40;

	OPTIMIZER_HIDE_VAR(by);
	pr_info("faulty: %u\n", 1U << by);
}

static void refcount(void)
{
	struct thing *thing = make();

	refcount_set(&thing->users, 0);
	refcount_inc(&thing->users);
	kfree(thing);
}

/* "doomed0" is removed next, and never let go. */
static void device_held(void)
{
	struct net_device *dev = dev_get_by_name(&init_net, "doomed0");

	if (!dev)
		return;
	netdev_tracker_alloc(dev, &tracker, GFP_KERNEL);
}

static const struct {
	const char *name;
	void (*commit)(void);
} faults[] = {
	{ "use-after-free", use_after_free },
	{ "out-of-bounds", out_of_bounds },
	{ "leak", leak },
	{ "lock-order", lock_order },
	{ "sleep-in-atomic", sleep_in_atomic },
	{ "unprotected-read", unprotected_read },
	{ "freed-while-active", freed_while_active },
	{ "shift", shift },
	{ "refcount", refcount },
	{ "device-held", device_held },
};

static int __init faulty_init(void)
{
	int i;

	for (i = 0; i < ARRAY_SIZE(faults); i++) {
		if (!strcmp(fault, faults[i].name)) {
			faults[i].commit();
			return 0;
		}
	}
	return strcmp(fault, "none") ? -EINVAL : 0;
}

static void __exit faulty_exit(void)
{
}

module_init(faulty_init);
module_exit(faulty_exit);
MODULE_DESCRIPTION("Faults on purpose, for the tests of the detectors");
MODULE_LICENSE("GPL");
