// SPDX-License-Identifier: GPL-2.0
/*
 * What each VIP on each device should be, counted over the services: of two that
 * want the same one, active wins; and all are found again, in whatever order they
 * came.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "l2announced/links.h"
#include "l2announced/vips.h"

#define DEVICES		2
#define SERVICES	500

static char eth0[] = "eth0", eth1[] = "eth1";

static const struct link devices[DEVICES] = {
	{ .name = eth1, .ifindex = 3 },
	{ .name = eth0, .ifindex = 2 },
};

static size_t n_devices = DEVICES;

/* In the place of those of the machine. */
const struct link *links_list(const struct links *links, size_t *n)
{
	(void)links;
	*n = n_devices;
	return devices;
}

static struct l2a_addr address(uint32_t number)
{
	struct l2a_addr addr = { .family = AF_INET };

	/* Not in the order of the numbers. */
	number *= 2654435761u;
	memcpy(addr.bytes, &number, sizeof(number));
	return addr;
}

static struct served_list list;

/* A service of these VIPs, on eth0. */
static void serve(size_t at, enum el_serve how, uint64_t token,
		  const uint32_t *vips, size_t n)
{
	struct served *s = &list.v[at];

	s->spec = record_new(RECORD_SERVICE);
	names_add(&s->spec->service.devs, eth0);
	s->serve = how;
	s->token = token;
	s->vips = calloc(n, sizeof(*s->vips));
	assert_non_null(s->vips);
	s->n_vips = n;
	for (size_t i = 0; i < n; i++)
		s->vips[i] = address(vips[i]);
}

static int begin(void **state)
{
	(void)state;
	list.v = calloc(SERVICES, sizeof(*list.v));
	list.n = 0;
	n_devices = DEVICES;
	return list.v ? 0 : -1;
}

static int end(void **state)
{
	(void)state;
	for (size_t i = 0; i < SERVICES; i++) {
		record_put(list.v[i].spec);
		free(list.v[i].vips);
	}
	free(list.v);
	return 0;
}

static const struct vip *find(const struct vips *vips, uint32_t number)
{
	const struct l2a_addr addr = address(number);

	return vips_find(vips, &addr, 2);
}

static void test_active_wins(void **state)
{
	static const uint32_t shared[] = { 7 };
	struct vips vips = { 0 };

	(void)state;
	for (int first_active = 0; first_active < 2; first_active++) {
		list.n = 2;
		serve(0, first_active ? EL_SERVE_ACTIVE : EL_SERVE_STANDBY, 5,
		      shared, 1);
		serve(1, first_active ? EL_SERVE_STANDBY : EL_SERVE_ACTIVE, 5,
		      shared, 1);
		/* New, and known already. */
		for (int again = 0; again < 2; again++) {
			vips_want(&vips, &list, NULL);
			assert_int_equal(vips.n, 1);
			assert_int_equal(vips.v[0].want, VIP_ACTIVE);
			assert_int_equal(vips.v[0].token, 5);
			assert_int_equal(vips.v[0].ifindex, 2);
		}
		vips_clear(&vips);
		for (size_t i = 0; i < 2; i++) {
			record_put(list.v[i].spec);
			free(list.v[i].vips);
			memset(&list.v[i], 0, sizeof(list.v[i]));
		}
	}
}

/* Half of them first, then all: each is found, and what the kernel has is kept. */
static void test_each_is_found(void **state)
{
	struct vips vips = { 0 };

	(void)state;
	for (uint32_t i = 0; i < SERVICES; i++) {
		const uint32_t own[] = { 2 * i, 2 * i + 1 };

		serve(i, EL_SERVE_ACTIVE, i + 1, own, 2);
	}
	list.n = SERVICES / 2;
	vips_want(&vips, &list, NULL);
	assert_int_equal(vips.n, SERVICES);
	for (size_t i = 0; i < vips.n; i++)
		vips.v[i].has = VIP_ACTIVE;
	list.n = SERVICES;
	vips_want(&vips, &list, NULL);
	assert_int_equal(vips.n, 2 * SERVICES);
	for (uint32_t i = 0; i < 2 * SERVICES; i++) {
		const struct vip *vip = find(&vips, i);

		assert_non_null(vip);
		assert_int_equal(vip->want, VIP_ACTIVE);
		assert_int_equal(vip->token, i / 2 + 1);
		assert_int_equal(vip->has, i < SERVICES ? VIP_ACTIVE : VIP_NONE);
	}
	vips_clear(&vips);
}

/* What nobody wants any more stays until the kernel has let it go. */
static void test_unwanted(void **state)
{
	static const uint32_t own[] = { 1, 2 };
	struct vips vips = { 0 };

	(void)state;
	list.n = 1;
	serve(0, EL_SERVE_STANDBY, 0, own, 2);
	vips_want(&vips, &list, NULL);
	vips.v[0].has = VIP_STANDBY;
	list.v[0].serve = EL_SERVE_GONE;
	vips_want(&vips, &list, NULL);
	assert_int_equal(vips.v[0].want, VIP_NONE);
	vips_prune(&vips);
	assert_int_equal(vips.n, 1);
	vips_forget(&vips);
	vips_prune(&vips);
	assert_int_equal(vips.n, 0);
	vips_clear(&vips);
}

/* Delivered by a route, it is silent on the devices that are not the service's. */
static void test_delivered(void **state)
{
	static const uint32_t own[] = { 1 };
	struct vips vips = { 0 };

	(void)state;
	list.n = 1;
	serve(0, EL_SERVE_ACTIVE, 9, own, 1);
	list.v[0].spec->service.deliver = true;
	vips_want(&vips, &list, NULL);
	assert_int_equal(vips.n, 2);
	assert_int_equal(vips.v[0].ifindex, 2);
	assert_int_equal(vips.v[0].want, VIP_ACTIVE);
	assert_int_equal(vips.v[1].ifindex, 3);
	assert_int_equal(vips.v[1].want, VIP_STANDBY);
	vips_clear(&vips);
}

#define TEST(name)	cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_active_wins),
		TEST(test_each_is_found),
		TEST(test_unwanted),
		TEST(test_delivered),
	};

	return cmocka_run_group_tests_name("vips", tests, NULL, NULL);
}
