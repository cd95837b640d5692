/*
 * SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Eight threads use the old libipvs at once, which it never could bear: each works on services
 * of its own, and knows what every answer has to be.
 *
 *   hammer SECONDS
 */
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#include <libipvs.h>

#define THREADS 8
#define DESTS 5

static time_t end;

struct thread {
	pthread_t id;
	unsigned int number;
	unsigned long rounds, wrong;
};

static int wrong(struct thread *me, const char *what, int line)
{
	int told = errno;

	me->wrong++;
	printf("thread %u, line %d: wrong: %s (errno %d, %s)\n", me->number, line, what, told,
	       ipvs_strerror(told));
	return 0;
}
#define RIGHT(holds) ((holds) ? 1 : wrong(me, #holds, __LINE__))
#define FAILS(call, err, text) \
	RIGHT((call) == -1 && errno == (err) && !strcmp(ipvs_strerror(errno), (text)))

static ipvs_service_t service(const struct thread *me)
{
	ipvs_service_t svc;

	memset(&svc, 0, sizeof(svc));
	svc.af = AF_INET;
	svc.protocol = IPPROTO_TCP;
	svc.addr.ip = htonl(0xc0000200 + me->number);
	svc.port = htons(80);
	svc.netmask = 0xffffffff;
	strcpy(svc.sched_name, me->number % 2 ? "rr" : "wrr");
	return svc;
}

static ipvs_dest_t dest(const struct thread *me, unsigned int i)
{
	ipvs_dest_t dst;

	memset(&dst, 0, sizeof(dst));
	dst.af = AF_INET;
	dst.addr.ip = htonl(0x0a000000 + (me->number << 8) + i);
	dst.port = htons(8000 + i);
	dst.weight = i + 1;
	return dst;
}

static int is_mine(const ipvs_service_entry_t *s, const ipvs_service_t *svc)
{
	return s->addr.ip == svc->addr.ip && s->port == svc->port
		&& s->protocol == IPPROTO_TCP && !strcmp(s->sched_name, svc->sched_name);
}

static void look(struct thread *me, ipvs_service_t *svc, unsigned int count)
{
	ipvs_service_entry_t *one = ipvs_get_service(0, AF_INET, IPPROTO_TCP, svc->addr, svc->port);
	struct ip_vs_get_services *all = ipvs_get_services();
	struct ip_vs_get_dests *dests;
	unsigned int i, mine = 0;

	RIGHT(one && is_mine(one, svc) && one->num_dests == count);
	if (RIGHT(all && all->num_services <= THREADS)) {
		ipvs_sort_services(all, ipvs_cmp_services);
		for (i = 0; i < all->num_services; i++)
			if (is_mine(&all->entrytable[i], svc))
				mine += all->entrytable[i].num_dests == count;
		RIGHT(mine == 1);
	}
	dests = one ? ipvs_get_dests(one) : NULL;
	if (RIGHT(dests && dests->num_dests == count)) {
		ipvs_sort_dests(dests, ipvs_cmp_dests);
		for (i = 0; i < count; i++) {
			ipvs_dest_t dst = dest(me, i);

			RIGHT(dests->entrytable[i].addr.ip == dst.addr.ip
			      && dests->entrytable[i].port == dst.port
			      && dests->entrytable[i].weight == dst.weight);
		}
	}
	free(one);
	free(all);
	free(dests);
}

static void round_of(struct thread *me)
{
	ipvs_service_t svc = service(me), none = svc;
	ipvs_dest_t dst;
	unsigned int i;

	RIGHT(ipvs_add_service(&svc) == 0);
	/* The same errnos at once, with different meanings. */
	none.port = htons(81);
	if (me->number % 2) {
		FAILS(ipvs_add_service(&svc), EEXIST, "Service already exists");
		FAILS(ipvs_del_service(&none), ESRCH, "No such service");
	}
	for (i = 0; i < DESTS; i++) {
		dst = dest(me, i);
		RIGHT(ipvs_add_dest(&svc, &dst) == 0);
	}
	if (me->number % 2 == 0) {
		FAILS(ipvs_add_dest(&svc, &dst), EEXIST, "Destination already exists");
		FAILS(ipvs_del_dest(&none, &dst), ESRCH, "Service not defined");
	}
	look(me, &svc, DESTS);
	RIGHT(ipvs_update_dest(&svc, &dst) == 0);
	RIGHT(ipvs_del_dest(&svc, &dst) == 0);
	FAILS(ipvs_update_dest(&svc, &dst), ENOENT, "No such destination");
	look(me, &svc, DESTS - 1);
	RIGHT(ipvs_version() == IP_VS_VERSION_CODE);
	RIGHT(ipvs_update_service(&svc) == 0);
	if (me->rounds % 5 == 0)
		ipvs_close();
	RIGHT(ipvs_del_service(&svc) == 0);
	FAILS(ipvs_get_service(0, AF_INET, IPPROTO_TCP, svc.addr, svc.port) ? 0 : -1, ESRCH,
	      "No such service");
}

static void *work(void *argument)
{
	struct thread *me = (struct thread *)argument;

	do {
		round_of(me);
		me->rounds++;
	} while (time(NULL) < end && me->wrong < 10);
	return NULL;
}

int main(int argc, char **argv)
{
	struct thread threads[THREADS];
	unsigned long rounds = 0, faults = 0, least = ~0UL;
	unsigned int i;

	if (argc != 2 || ipvs_init() != 0)
		return 2;
	memset(threads, 0, sizeof(threads));
	end = time(NULL) + atoi(argv[1]);
	for (i = 0; i < THREADS; i++) {
		threads[i].number = i + 1;
		if (pthread_create(&threads[i].id, NULL, work, &threads[i]))
			return 2;
	}
	for (i = 0; i < THREADS; i++) {
		pthread_join(threads[i].id, NULL);
		rounds += threads[i].rounds;
		faults += threads[i].wrong;
		if (threads[i].rounds < least)
			least = threads[i].rounds;
	}
	printf("hammer: %u threads, %lu rounds, %lu at least each, %lu wrong answers\n", THREADS,
	       rounds, least, faults);
	ipvs_close();
	return faults != 0;
}
