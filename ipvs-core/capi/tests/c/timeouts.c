/* Timeouts. */
#include "suite.h"

static void in_force(void)
{
    ipvs_timeouts timeouts = IPVS_TIMEOUTS_INIT;
    NULL_REFUSED(ipvs_client_timeouts, client, NULL, &timeouts);
    NULL_REFUSED(ipvs_client_timeouts, timeouts, client, NULL);
    CHECK(timeouts.tcp_seconds == 0);
    DOES(ipvs_client_timeouts, client, &timeouts);
    CHECK(timeouts.tcp_seconds == 900);
    CHECK(timeouts.tcp_fin_seconds == 120 && timeouts.udp_seconds == 300 && !timeouts.reserved);
    SIZES_OUT(ipvs_client_timeouts, timeouts, ipvs_timeouts, client, it);
}

static void setting(void)
{
    ipvs_timeouts_edit edit = IPVS_TIMEOUTS_EDIT_INIT;
    ipvs_timeouts timeouts = IPVS_TIMEOUTS_INIT;
    edit.set = IPVS_TIMEOUTS_EDIT_TCP_FIN;
    edit.tcp_seconds = 1;
    edit.tcp_fin_seconds = 60;
    SIZES_IN(ipvs_client_set_timeouts, edit, ipvs_timeouts_edit, edit, client, it);
    DOES(ipvs_client_timeouts, client, &timeouts);
    CHECK(timeouts.tcp_seconds == 900 && timeouts.tcp_fin_seconds == 60);
    edit.set = IPVS_TIMEOUTS_EDIT_TCP | IPVS_TIMEOUTS_EDIT_TCP_FIN | IPVS_TIMEOUTS_EDIT_UDP;
    edit.udp_seconds = 2147483;
    DOES(ipvs_client_set_timeouts, client, &edit);
    DOES(ipvs_client_timeouts, client, &timeouts);
    CHECK(timeouts.tcp_seconds == 1 && timeouts.udp_seconds == 2147483);
    NULL_REFUSED(ipvs_client_set_timeouts, client, NULL, &edit);
    NULL_REFUSED(ipvs_client_set_timeouts, edit, client, NULL);
}

static void setting_what_is_none(void)
{
    ipvs_timeouts_edit edit = IPVS_TIMEOUTS_EDIT_INIT;
    edit.set = 8;
    REFUSED("set", ipvs_client_set_timeouts, client, &edit);
    edit.set = IPVS_TIMEOUTS_EDIT_TCP;
    REFUSED("tcp", ipvs_client_set_timeouts, client, &edit);
    edit.tcp_seconds = 2147484;
    REFUSED("tcp", ipvs_client_set_timeouts, client, &edit);
    edit.set = IPVS_TIMEOUTS_EDIT_UDP;
    REFUSED("udp", ipvs_client_set_timeouts, client, &edit);
}

const test timeouts_tests[] = {
    EVERYWHERE(in_force),
    EVERYWHERE(setting),
    EVERYWHERE(setting_what_is_none),
    END
};
