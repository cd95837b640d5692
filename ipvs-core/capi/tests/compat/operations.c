/*
 * SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Every operation of the old libipvs, as a program of its time does it, and every message.
 *
 *   operations COMPARE   in an empty network namespace, as root. COMPARE is a shell command: it
 *                        is run now and then, and compares the files `view` and `saved`, which
 *                        are what this program has read, with what others read
 *   operations missing   where the kernel has no IPVS
 */
#define _GNU_SOURCE
#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <libipvs.h>

static int checks, failed;
static const char *compare;

static void check(int holds, const char *what, int line)
{
	checks++;
	if (holds)
		return;
	failed++;
	printf("line %d: not so: %s (errno %d, %s)\n", line, what, errno, ipvs_strerror(errno));
}
#define CHECK(holds) check((holds) != 0, #holds, __LINE__)

static void refused(int result, int err, const char *text, const char *what, int line)
{
	int told = errno;

	checks++;
	if (result == -1 && told == err && !strcmp(ipvs_strerror(told), text))
		return;
	failed++;
	printf("line %d: %s gave %d, errno %d: %s\n", line, what, result, told,
	       ipvs_strerror(told));
}
#define REFUSED(call, err, text) refused((call), (err), (text), #call, __LINE__)
#define NO(pointer) ((pointer) == NULL ? -1 : 0)

#define INVALID \
	"Invalid operation.  Possibly wrong module version, address not unicast, ..."

/* ---- Making ---- */

static ipvs_service_t service(int protocol, const char *addr, int port, const char *sched)
{
	ipvs_service_t svc;

	memset(&svc, 0, sizeof(svc));
	svc.protocol = protocol;
	svc.port = htons(port);
	svc.af = strchr(addr, ':') ? AF_INET6 : AF_INET;
	inet_pton(svc.af, addr, &svc.addr);
	svc.netmask = svc.af == AF_INET6 ? 128 : 0xffffffff;
	strcpy(svc.sched_name, sched);
	return svc;
}

static ipvs_service_t marked(unsigned int mark, int af, const char *sched)
{
	ipvs_service_t svc = service(IPPROTO_TCP, af == AF_INET6 ? "::" : "0.0.0.0", 0, sched);

	svc.fwmark = mark;
	return svc;
}

static ipvs_dest_t dest(const char *addr, int port, unsigned int method, int weight)
{
	ipvs_dest_t dst;

	memset(&dst, 0, sizeof(dst));
	dst.af = strchr(addr, ':') ? AF_INET6 : AF_INET;
	inet_pton(dst.af, addr, &dst.addr);
	dst.port = htons(port);
	dst.conn_flags = method;
	dst.weight = weight;
	return dst;
}

/* ---- Reading ---- */

static const char *text_of(int af, const union nf_inet_addr *addr)
{
	static char text[INET6_ADDRSTRLEN];

	return inet_ntop(af, addr, text, sizeof(text));
}

static void print_stats(FILE *out, const struct ip_vs_stats64 *stats)
{
	fprintf(out, " stats %llu %llu %llu %llu %llu rates %llu %llu %llu %llu %llu\n",
		stats->conns, stats->inpkts, stats->outpkts, stats->inbytes, stats->outbytes,
		stats->cps, stats->inpps, stats->outpps, stats->inbps, stats->outbps);
}

static void print_dest(FILE *out, const ipvs_dest_entry_t *d)
{
	fprintf(out, "  dest %s %u method %u weight %d thresholds %u %u tunnel %u %u %u",
		text_of(d->af, &d->addr), ntohs(d->port), d->conn_flags & IP_VS_CONN_F_FWD_MASK,
		d->weight, d->u_threshold, d->l_threshold, d->tun_type, ntohs(d->tun_port),
		d->tun_flags);
	fprintf(out, " connections %u %u %u", d->activeconns, d->inactconns, d->persistconns);
	print_stats(out, &d->stats64);
}

static void print_service(FILE *out, const ipvs_service_entry_t *s)
{
	fprintf(out, "service %u %u %u %s %u", s->fwmark, s->af, s->protocol,
		text_of(s->af, &s->addr), ntohs(s->port));
	fprintf(out, " %s flags %#x timeout %u", s->sched_name,
		s->flags & ~IP_VS_SVC_F_HASHED, s->timeout);
	if (s->af == AF_INET)
		fprintf(out, " netmask %s", inet_ntoa(*(struct in_addr *)&s->netmask));
	else
		fprintf(out, " netmask %u", s->netmask);
	fprintf(out, " engine \"%s\" dests %u", s->pe_name, s->num_dests);
	print_stats(out, &s->stats64);
}

/* What ipvsadm -Sn says. */
static void save_service(FILE *out, const ipvs_service_entry_t *s)
{
	const char *letter = s->protocol == IPPROTO_TCP ? "-t" :
			     s->protocol == IPPROTO_UDP ? "-u" : "--sctp-service";

	if (s->fwmark)
		fprintf(out, "-f %u%s", s->fwmark, s->af == AF_INET6 ? " -6" : "");
	else if (s->af == AF_INET6)
		fprintf(out, "%s [%s]:%u", letter, text_of(s->af, &s->addr), ntohs(s->port));
	else
		fprintf(out, "%s %s:%u", letter, text_of(s->af, &s->addr), ntohs(s->port));
}

static void save(FILE *out, const ipvs_service_entry_t *s, const struct ip_vs_get_dests *dests)
{
	static const char *methods[] = { "-m", "-g", "-i", "-g" };
	static const char *types[] = { "ipip", "gue", "gre" };
	const ipvs_dest_entry_t *d;

	fprintf(out, "-A ");
	save_service(out, s);
	fprintf(out, " -s %s", s->sched_name);
	if (s->flags & IP_VS_SVC_F_PERSISTENT) {
		fprintf(out, " -p %u", s->timeout);
		if (s->af == AF_INET && s->netmask != 0xffffffff)
			fprintf(out, " -M %s", inet_ntoa(*(struct in_addr *)&s->netmask));
		if (s->af == AF_INET6 && s->netmask != 128)
			fprintf(out, " -M %u", s->netmask);
		if (s->pe_name[0])
			fprintf(out, " --pe %s", s->pe_name);
	}
	if (s->flags & IP_VS_SVC_F_ONEPACKET)
		fprintf(out, " -o");
	if (s->flags & IP_VS_SVC_F_SCHED_SH_PORT)
		fprintf(out, " -b sh-port");
	fprintf(out, "\n");

	for (d = dests->entrytable; d < dests->entrytable + dests->num_dests; d++) {
		int method = d->conn_flags & IP_VS_CONN_F_FWD_MASK;

		fprintf(out, "-a ");
		save_service(out, s);
		fprintf(out, d->af == AF_INET6 ? " -r [%s]:%u" : " -r %s:%u",
			text_of(d->af, &d->addr), ntohs(d->port));
		fprintf(out, " %s -w %d", methods[method], d->weight);
		if (method == IP_VS_CONN_F_TUNNEL)
			fprintf(out, " --tun-type %s", types[d->tun_type]);
		if (method == IP_VS_CONN_F_TUNNEL && d->tun_type == IP_VS_CONN_F_TUNNEL_TYPE_GUE)
			fprintf(out, " --tun-port %u", ntohs(d->tun_port));
		if (method == IP_VS_CONN_F_TUNNEL && d->tun_type != IP_VS_CONN_F_TUNNEL_TYPE_IPIP)
			fprintf(out, d->tun_flags & IP_VS_TUNNEL_ENCAP_FLAG_CSUM ?
				" --tun-csum" : " --tun-nocsum");
		fprintf(out, "\n");
	}
}

/* One service of the list, by itself, is the same. */
static void check_service(ipvs_service_entry_t *s)
{
	ipvs_service_entry_t *alone;

	CHECK(s->flags & IP_VS_SVC_F_HASHED);
	CHECK(s->af == AF_INET6 || s->__addr_v4 == s->addr.ip);
	CHECK(s->stats.conns == (__u32)s->stats64.conns);
	CHECK(s->stats.inbytes == s->stats64.inbytes);
	alone = ipvs_get_service(s->fwmark, s->af, s->protocol, s->addr, s->port);
	CHECK(alone != NULL);
	if (!alone)
		return;
	CHECK(ipvs_cmp_services(alone, s) == 0);
	CHECK(alone->num_dests == s->num_dests && alone->flags == s->flags);
	CHECK(!strcmp(alone->sched_name, s->sched_name));
	free(alone);
}

static void print_table(FILE *view, FILE *saved)
{
	struct ip_vs_get_services *all = ipvs_get_services();
	unsigned int i, j;

	CHECK(all != NULL);
	if (!all)
		return;
	CHECK(ipvs_info.num_services == all->num_services);
	ipvs_sort_services(all, ipvs_cmp_services);
	for (i = 0; i < all->num_services; i++) {
		ipvs_service_entry_t *s = &all->entrytable[i];
		struct ip_vs_get_dests *dests = ipvs_get_dests(s);

		CHECK(i == 0 || ipvs_cmp_services(s - 1, s) < 0);
		check_service(s);
		CHECK(dests != NULL);
		if (!dests)
			continue;
		CHECK(dests->num_dests == s->num_dests);
		CHECK(dests->fwmark == s->fwmark && dests->af == s->af && dests->port == s->port);
		CHECK(!memcmp(&dests->addr, &s->addr, sizeof(s->addr)));
		ipvs_sort_dests(dests, ipvs_cmp_dests);
		print_service(view, s);
		for (j = 0; j < dests->num_dests; j++)
			print_dest(view, &dests->entrytable[j]);
		save(saved, s, dests);
		free(dests);
	}
	free(all);
}

static void print_rest(FILE *view)
{
	ipvs_timeout_t *timeout = ipvs_get_timeout();
	ipvs_daemon_t *daemon = ipvs_get_daemon();
	int i;

	CHECK(timeout != NULL && daemon != NULL);
	fprintf(view, "timeouts %d %d %d\n", timeout->tcp_timeout, timeout->tcp_fin_timeout,
		timeout->udp_timeout);
	for (i = 0; i < 2; i++)
		if (daemon[i].state)
			fprintf(view, "daemon %d %s %d %d %s %u %u\n", daemon[i].state,
				daemon[i].mcast_ifn, daemon[i].syncid, daemon[i].sync_maxlen,
				text_of(daemon[i].mcast_af, &daemon[i].mcast_group),
				daemon[i].mcast_port, daemon[i].mcast_ttl);
	free(timeout);
	free(daemon);
}

static int compare_once(void)
{
	FILE *view = fopen("view", "w"), *saved = fopen("saved", "w");

	print_table(view, saved);
	print_rest(view);
	fclose(view);
	fclose(saved);
	return system(compare);
}

/* The kernel takes a sample of its counters every two seconds: between two readings, rates may
 * have moved. Once they are zero they stand still. */
static void compare_all(const char *when)
{
	int tries = 60;

	while (compare_once() != 0 && --tries)
		usleep(500000);
	if (!tries)
		printf("others see something else: %s\n", when);
	CHECK(tries > 0 || system("cat differences; false") == 0);
}

/* ---- Operations ---- */

static void services(void)
{
	ipvs_service_t web = service(IPPROTO_TCP, "192.0.2.1", 80, "wrr");
	ipvs_service_t sip = service(IPPROTO_UDP, "192.0.2.1", 5060, "rr");
	ipvs_service_t dns = service(IPPROTO_UDP, "192.0.2.1", 53, "rr");
	ipvs_service_t six = service(IPPROTO_TCP, "2001:db8::1", 443, "sh");
	ipvs_service_t sctp = service(IPPROTO_SCTP, "192.0.2.1", 80, "lc");
	ipvs_service_t mark = marked(7, AF_INET, "wlc"), mark6 = marked(7, AF_INET6, "wlc");
	ipvs_service_t high = marked(4294967295U, AF_INET, "rr");
	ipvs_service_t none = service(IPPROTO_TCP, "192.0.2.9", 80, "rr");
	ipvs_service_t wrong;

	CHECK(ipvs_add_service(&web) == 0);
	REFUSED(ipvs_add_service(&web), EEXIST, "Service already exists");
	sip.flags = IP_VS_SVC_F_PERSISTENT;
	sip.timeout = IPVS_SVC_PERSISTENT_TIMEOUT;
	sip.netmask = htonl(0xffffff00);
	strcpy(sip.pe_name, "sip");
	CHECK(ipvs_add_service(&sip) == 0);
	dns.flags = IP_VS_SVC_F_ONEPACKET;
	CHECK(ipvs_add_service(&dns) == 0);
	six.flags = IP_VS_SVC_F_PERSISTENT | IP_VS_SVC_F_SCHED_SH_PORT;
	six.timeout = 7;
	six.netmask = 64;
	CHECK(ipvs_add_service(&six) == 0);
	CHECK(ipvs_add_service(&sctp) == 0);
	CHECK(ipvs_add_service(&mark) == 0);
	CHECK(ipvs_add_service(&mark6) == 0);
	CHECK(ipvs_add_service(&high) == 0);
	CHECK(ipvs_del_service(&high) == 0);
	compare_all("services were added");

	web.flags = IP_VS_SVC_F_PERSISTENT;
	web.timeout = 600;
	strcpy(web.sched_name, "wlc");
	CHECK(ipvs_update_service(&web) == 0);
	CHECK(ipvs_del_service(&sctp) == 0);
	compare_all("services were changed");

	wrong = none;
	strcpy(wrong.sched_name, "nosuch");
	REFUSED(ipvs_add_service(&wrong), ENOENT, "Scheduler or persistence engine not found");
	strcpy(wrong.sched_name, "");
	REFUSED(ipvs_add_service(&wrong), ENOENT, "Scheduler or persistence engine not found");
	memset(wrong.sched_name, 'a', sizeof(wrong.sched_name));
	REFUSED(ipvs_add_service(&wrong), EINVAL, INVALID);
	wrong = web;
	strcpy(wrong.pe_name, "nosuch");
	REFUSED(ipvs_update_service(&wrong), ENOENT, "Scheduler or persistence engine not found");
	wrong = six;
	wrong.netmask = 129;
	wrong.port = htons(444);
	REFUSED(ipvs_add_service(&wrong), EINVAL, INVALID);
	wrong = none;
	wrong.af = AF_UNIX;
	REFUSED(ipvs_add_service(&wrong), EAFNOSUPPORT,
		"Operation not supported with specified address family");
	REFUSED(ipvs_update_service(&none), ESRCH, "No such service");
	REFUSED(ipvs_del_service(&none), ESRCH, "No such service");
	REFUSED(ipvs_zero_service(&none), ESRCH, "No such service");
	REFUSED(NO(ipvs_get_service(0, AF_INET, IPPROTO_TCP, none.addr, none.port)), ESRCH,
		"No such service");
	REFUSED(NO(ipvs_get_service(8, AF_INET, 0, none.addr, 0)), ESRCH, "No such service");
	REFUSED(ipvs_add_service(NULL), EINVAL, INVALID);
	REFUSED(NO(ipvs_get_dests(NULL)), EINVAL, INVALID);
	compare_all("nothing was changed");
}

static void dests(void)
{
	ipvs_service_t web = service(IPPROTO_TCP, "192.0.2.1", 80, "wlc");
	ipvs_service_t six = service(IPPROTO_TCP, "2001:db8::1", 443, "sh");
	ipvs_service_t mark = marked(7, AF_INET6, "wlc");
	ipvs_service_t none = service(IPPROTO_TCP, "192.0.2.9", 80, "rr");
	ipvs_dest_t nat = dest("10.0.3.100", 8080, IP_VS_CONN_F_MASQ, 3);
	ipvs_dest_t route = dest("10.0.3.101", 80, IP_VS_CONN_F_DROUTE, 1);
	ipvs_dest_t local = dest("127.0.0.1", 80, IP_VS_CONN_F_LOCALNODE, 1);
	ipvs_dest_t ipip = dest("2001:db8::9", 80, IP_VS_CONN_F_TUNNEL, 1);
	ipvs_dest_t gue = dest("10.0.3.103", 80, IP_VS_CONN_F_TUNNEL, 0);
	ipvs_dest_t gre = dest("10.0.3.104", 80, IP_VS_CONN_F_TUNNEL, 2147483647);
	ipvs_dest_t far = dest("2001:db8::2", 443, IP_VS_CONN_F_MASQ, 1);
	ipvs_dest_t nobody = dest("10.0.3.199", 80, IP_VS_CONN_F_MASQ, 1);
	ipvs_dest_t wrong;
	ipvs_service_entry_t entry;

	nat.u_threshold = 100;
	nat.l_threshold = 50;
	gue.tun_type = IP_VS_CONN_F_TUNNEL_TYPE_GUE;
	gue.tun_port = htons(6080);
	gre.tun_type = IP_VS_CONN_F_TUNNEL_TYPE_GRE;
	gre.tun_flags = IP_VS_TUNNEL_ENCAP_FLAG_CSUM;
	local.af = 0;
	CHECK(ipvs_add_dest(&web, &nat) == 0);
	REFUSED(ipvs_add_dest(&web, &nat), EEXIST, "Destination already exists");
	CHECK(ipvs_add_dest(&web, &route) == 0);
	CHECK(ipvs_add_dest(&web, &local) == 0);
	CHECK(ipvs_add_dest(&web, &ipip) == 0);
	CHECK(ipvs_add_dest(&web, &gue) == 0);
	CHECK(ipvs_add_dest(&web, &gre) == 0);
	CHECK(ipvs_add_dest(&six, &far) == 0);
	CHECK(ipvs_add_dest(&mark, &far) == 0);
	compare_all("dests were added");

	nat.weight = 0;
	nat.u_threshold = nat.l_threshold = 0;
	CHECK(ipvs_update_dest(&web, &nat) == 0);
	gue.tun_port = htons(6081);
	gue.tun_flags = IP_VS_TUNNEL_ENCAP_FLAG_CSUM;
	CHECK(ipvs_update_dest(&web, &gue) == 0);
	CHECK(ipvs_del_dest(&web, &ipip) == 0);
	CHECK(ipvs_del_dest(&web, &local) == 0);
	compare_all("dests were changed");

	REFUSED(ipvs_add_dest(&none, &nobody), ESRCH, "Service not defined");
	REFUSED(ipvs_update_dest(&none, &nobody), ESRCH, "Service not defined");
	REFUSED(ipvs_del_dest(&none, &nobody), ESRCH, "Service not defined");
	REFUSED(ipvs_update_dest(&web, &nobody), ENOENT, "No such destination");
	REFUSED(ipvs_del_dest(&web, &nobody), ENOENT, "No such destination");
	wrong = dest("224.0.0.1", 80, IP_VS_CONN_F_MASQ, 1);
	REFUSED(ipvs_add_dest(&web, &wrong), EINVAL, INVALID);
	wrong = nobody;
	wrong.weight = -1;
	REFUSED(ipvs_add_dest(&web, &wrong), ERANGE, "Numerical result out of range");
	wrong = nobody;
	wrong.l_threshold = 2;
	wrong.u_threshold = 1;
	REFUSED(ipvs_add_dest(&web, &wrong), ERANGE, "Numerical result out of range");
	wrong = far;
	REFUSED(ipvs_add_dest(&web, &wrong), EINVAL, INVALID);
	wrong = nobody;
	wrong.af = AF_UNIX;
	REFUSED(ipvs_add_dest(&web, &wrong), EAFNOSUPPORT,
		"Operation not supported with specified address family");
	wrong = nobody;
	wrong.tun_type = 256;
	REFUSED(ipvs_add_dest(&web, &wrong), EINVAL, INVALID);
	memset(&entry, 0, sizeof(entry));
	entry.af = AF_INET;
	entry.fwmark = 99;
	REFUSED(NO(ipvs_get_dests(&entry)), ESRCH, "No such service");
	REFUSED(ipvs_add_dest(&web, NULL), EINVAL, INVALID);
	compare_all("nothing was changed");
}

static void timeouts(void)
{
	ipvs_timeout_t some = { 901, 0, 301 }, negative = { 0, -1, 0 }, nothing = { 0, 0, 0 };
	ipvs_timeout_t *told;

	CHECK(ipvs_set_timeout(&some) == 0);
	CHECK(ipvs_set_timeout(&nothing) == 0);
	REFUSED(ipvs_set_timeout(&negative), EINVAL, INVALID);
	told = ipvs_get_timeout();
	CHECK(told && told->tcp_timeout == 901 && told->tcp_fin_timeout == 120);
	CHECK(told && told->udp_timeout == 301);
	free(told);
	compare_all("timeouts were set");
}

static void daemons(void)
{
	ipvs_daemon_t master = { .state = IP_VS_STATE_MASTER, .mcast_ifn = "sync0", .syncid = 9 };
	ipvs_daemon_t backup = { .state = IP_VS_STATE_BACKUP, .mcast_ifn = "sync0", .syncid = 9 };
	ipvs_daemon_t wrong, *told;

	backup.sync_maxlen = 1400;
	backup.mcast_af = AF_INET;
	backup.mcast_group.ip = inet_addr("224.0.0.99");
	backup.mcast_port = 8849;
	backup.mcast_ttl = 3;
	CHECK(ipvs_start_daemon(&backup) == 0);
	told = ipvs_get_daemon();
	CHECK(told && told[0].state == IP_VS_STATE_BACKUP && told[1].state == IP_VS_STATE_NONE);
	CHECK(told && told[0].mcast_port == 8849 && told[0].mcast_af == AF_INET);
	free(told);
	compare_all("a backup daemon was started");
	REFUSED(ipvs_start_daemon(&backup), EEXIST, "Daemon has already run");
	CHECK(ipvs_start_daemon(&master) == 0);
	compare_all("a master daemon was started");
	CHECK(ipvs_stop_daemon(&backup) == 0);
	REFUSED(ipvs_stop_daemon(&backup), ESRCH, "No daemon is running");
	compare_all("the backup daemon was stopped");
	CHECK(ipvs_stop_daemon(&master) == 0);

	wrong = master;
	strcpy(wrong.mcast_ifn, "nosuch0");
	REFUSED(ipvs_start_daemon(&wrong), ENODEV, "No such device");
	wrong.mcast_ifn[0] = '\0';
	REFUSED(ipvs_start_daemon(&wrong), ENODEV, "No such device");
	memset(wrong.mcast_ifn, 'a', sizeof(wrong.mcast_ifn));
	REFUSED(ipvs_start_daemon(&wrong), EINVAL, INVALID);
	wrong = master;
	wrong.state = 3;
	REFUSED(ipvs_start_daemon(&wrong), EINVAL, INVALID);
	REFUSED(ipvs_stop_daemon(&wrong), EINVAL, INVALID);
	wrong = backup;
	wrong.mcast_group.ip = inet_addr("192.0.2.1");
	REFUSED(ipvs_start_daemon(&wrong), EINVAL, INVALID);
	wrong = master;
	wrong.mcast_ttl = 256;
	REFUSED(ipvs_start_daemon(&wrong), EINVAL, INVALID);
	told = ipvs_get_daemon();
	CHECK(told && !told[0].state && !told[1].state);
	free(told);
	compare_all("no daemon runs");
}

static unsigned long long connections(ipvs_service_t *svc)
{
	ipvs_service_entry_t *entry;
	unsigned long long conns;

	entry = ipvs_get_service(svc->fwmark, svc->af, svc->protocol, svc->addr, svc->port);
	conns = entry ? entry->stats64.conns : ~0ULL;
	free(entry);
	return conns;
}

/* Five datagrams, from a port each, are five connections; zeroed, they are none. */
static void counters(void)
{
	ipvs_service_t echo = service(IPPROTO_UDP, "127.0.0.1", 9000, "rr");
	ipvs_service_t all;
	ipvs_dest_t here = dest("127.0.0.1", 9000, IP_VS_CONN_F_MASQ, 1);
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(9000) };
	int i, sockets[5];

	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	CHECK(ipvs_add_service(&echo) == 0 && ipvs_add_dest(&echo, &here) == 0);
	for (i = 0; i < 5; i++) {
		sockets[i] = socket(AF_INET, SOCK_DGRAM, 0);
		sendto(sockets[i], "hello", 5, 0, (struct sockaddr *)&to, sizeof(to));
	}
	for (i = 0; i < 100 && connections(&echo) != 5; i++)
		usleep(100000);
	CHECK(connections(&echo) == 5);
	compare_all("there was traffic");
	CHECK(ipvs_zero_service(&echo) == 0);
	CHECK(connections(&echo) == 0);
	memset(&all, 0, sizeof(all));
	CHECK(ipvs_zero_service(&all) == 0);
	compare_all("counters were zeroed");
	for (i = 0; i < 5; i++)
		close(sockets[i]);
}

static int listed(void)
{
	struct ip_vs_get_services *all = ipvs_get_services();
	int count = all ? (int)all->num_services : -1;

	free(all);
	return count;
}

/* A child has its own way to the kernel; so has whoever goes into another namespace. */
static void elsewhere(void)
{
	ipvs_service_t child = service(IPPROTO_TCP, "192.0.2.77", 77, "rr");
	int before = listed(), now, status;

	if (fork() == 0) {
		if (ipvs_add_service(&child) || listed() != before + 1)
			_exit(1);
		if (ipvs_del_service(&child) || unshare(CLONE_NEWNET) || listed() != 0)
			_exit(2);
		if (ipvs_add_service(&child) || listed() != 1)
			_exit(3);
		if (setuid(65534) || ipvs_init() != -1 || errno != EPERM)
			_exit(4);
		_exit(strcmp(ipvs_strerror(errno), "Permission denied (you must be root)") ? 5 : 0);
	}
	now = listed();
	CHECK(now == before || now == before + 1);
	wait(&status);
	CHECK(status == 0);
	CHECK(listed() == before);
	ipvs_close();
	CHECK(listed() == before);
	ipvs_close();
	ipvs_close();
}

static int missing(void)
{
	REFUSED(ipvs_init(), ENOPROTOOPT, "Protocol not available");
	REFUSED(NO(ipvs_get_services()), ENOPROTOOPT, "Protocol not available");
	CHECK(ipvs_version() == 0);
	return 0;
}

static int everything(void)
{
	CHECK(ipvs_version() == 0);
	CHECK(ipvs_init() == 0);
	CHECK(ipvs_version() == IP_VS_VERSION_CODE);
	CHECK(ipvs_info.version == IP_VS_VERSION_CODE);
	CHECK(ipvs_version() >= IPVS_VERSION(MINIMUM_IPVS_VERSION_MAJOR,
		MINIMUM_IPVS_VERSION_MINOR, MINIMUM_IPVS_VERSION_PATCH));
	CHECK(listed() == 0);
	printf("IP Virtual Server version %d.%d.%d\n", NVERSION(ipvs_info.version));

	services();
	/* No daemon starts while a dest is of another family than its service. */
	daemons();
	dests();
	timeouts();
	counters();
	elsewhere();

	CHECK(ipvs_getinfo() == 0);
	CHECK(ipvs_info.size > 0);
	CHECK(ipvs_flush() == 0);
	CHECK(listed() == 0);
	compare_all("all was flushed");
	ipvs_close();
	return 0;
}

int main(int argc, char **argv)
{
	if (argc != 2)
		return 2;
	compare = argv[1];
	if (strcmp(compare, "missing"))
		everything();
	else
		missing();
	printf("operations: %d of %d checks failed\n", failed, checks);
	return failed != 0;
}
