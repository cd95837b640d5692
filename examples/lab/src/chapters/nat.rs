//! LAB #1, step by step: round robin, persistence, time-outs, the connection
//! table, weights, taking a server out, thresholds.

use std::time::Duration;

use ipvs_core::procfs::ConnectionState;
use ipvs_core::{
    Client, DestEdit, DestEntry, DestKey, Scheduler, Service, ServiceKey, TimeoutsEdit,
};
use lab::{Result, Site, Story};

use super::{SERVERS, VIP, translated, turns, vip};

pub(super) fn tell(story: &mut Story) -> Result<()> {
    let site = Site::lab1()?;
    story.picture(&site);
    story.step("The director forwards, takes the virtual address and is the servers' gateway.");
    site.set_up_translation()?;
    story.typed(&[&site.director]);
    story.typed_alike(&site.servers);

    let lab = Lab {
        ipvs: site.director.ipvs()?,
        site,
        web: Service::new(ServiceKey::tcp(VIP, 80)).with_scheduler(Scheduler::RR),
        servers: SERVERS.map(|address| DestKey::new(address, 8080)),
    };
    lab.balance(story)?;
    lab.persist(story)?;
    lab.set_timeouts(story)?;
    lab.weigh(story)?;
    lab.take_a_server_out(story)?;
    lab.limit(story)?;
    lab.clear(story)
}

struct Lab {
    site: Site,
    ipvs: Client,
    web: Service,
    servers: [DestKey; 2],
}

impl Lab {
    fn balance(&self, story: &mut Story) -> Result<()> {
        let Self {
            site, ipvs, web, ..
        } = self;
        story.step("An empty table, then a service with two web servers.");
        story.stands_for(&site.director, "ipvsadm -C");
        ipvs.flush()?;
        story.stands_for(&site.director, "ipvsadm -A -t 10.0.2.100:80 -s rr");
        ipvs.add_service(web)?;
        for server in self.servers {
            let command = format!("ipvsadm -a -t 10.0.2.100:80 -r {server} -m -w 1");
            story.stands_for(&site.director, &command);
            ipvs.add_dest(&web.key, &translated(server.address, server.port))?;
        }
        let info = ipvs.info()?;
        story.show([format!(
            "IP Virtual Server version {} (size={})",
            info.version, info.connection_table_size
        )]);
        story.table(
            ipvs,
            &[
                "TCP  10.0.2.100:80 rr",
                "  -> 10.0.3.100:8080              Masq    1      0          0",
                "  -> 10.0.3.150:8080              Masq    1      0          0",
            ],
        )?;
        story.check("the kernel's IPVS is version 1.2.1", "1.2.1", info.version);
        let what = "the connection table has its kernel's size";
        story.check(what, table_size()?, info.connection_table_size);

        story.step("Six requests from the client.");
        let answers = site.client.get_times(vip(80), 6)?;
        story.show(&answers);
        story.check(
            "the servers take turns, the one added last first",
            "2, 1, 2, 1, 2, 1",
            turns(&answers),
        );
        story.table(
            ipvs,
            &[
                "TCP  10.0.2.100:80 rr",
                "  -> 10.0.3.100:8080              Masq    1      0          3",
                "  -> 10.0.3.150:8080              Masq    1      0          3",
            ],
        )?;
        story.eventually("the statistics count 3 connections each", "3, 3", || {
            self.each(|server| server.stats.connections.to_string())
        })
    }

    fn persist(&self, story: &mut Story) -> Result<()> {
        let Self {
            site, ipvs, web, ..
        } = self;
        story.step("Clients stay with their server for 600 seconds.");
        story.stands_for(&site.director, "ipvsadm -E -t 10.0.2.100:80 -s rr -p 600");
        ipvs.update_service(&web.with_persistence(Duration::from_secs(600)))?;
        let answers = site.client.get_times(vip(80), 6)?;
        story.check(
            "six requests stay with one server",
            "2, 2, 2, 2, 2, 2",
            turns(&answers),
        );
        let answers = site.client2.get_times(vip(80), 3)?;
        story.check(
            "the second client stays with the other",
            "1, 1, 1",
            turns(&answers),
        );
        story.table(
            ipvs,
            &[
                "TCP  10.0.2.100:80 rr persistent 600",
                "  -> 10.0.3.100:8080              Masq    1      0          6",
                "  -> 10.0.3.150:8080              Masq    1      0          9",
            ],
        )?;
        self.look_at_connections(story)
    }

    fn look_at_connections(&self, story: &mut Story) -> Result<()> {
        story.step("The connection table: a template for each client, and its connections.");
        story.stands_for(&self.site.director, "ipvsadm -Lnc");
        let connections = self.site.director.connections()?;
        story.show(["pro expire state       source             virtual            destination"]);
        story.show(&connections);

        let (templates, others): (Vec<_>, Vec<_>) = connections
            .iter()
            .partition(|connection| connection.is_template());
        let template = |number: usize| match templates.get(number) {
            Some(it) => format!("{} {} {} {}", it.state, it.client, it.service, it.dest),
            None => "no template".to_owned(),
        };
        story.check(
            "the client's template leads to server 2",
            "ASSURED 10.0.2.15 tcp 10.0.2.100:80 10.0.3.150:8080",
            template(0),
        );
        story.check(
            "the second client's leads to server 1",
            "ASSURED 10.0.2.16 tcp 10.0.2.100:80 10.0.3.100:8080",
            template(1),
        );
        for template in &templates {
            let what = format!("that of {} lasts up to 600 seconds", template.client);
            story.within(&what, 585..=600, template.expires.as_secs());
        }
        let closed = others
            .iter()
            .filter(|connection| connection.state == ConnectionState::TIME_WAIT);
        story.check("the 15 connections themselves are over", 15, closed.count());
        Ok(())
    }

    fn set_timeouts(&self, story: &mut Story) -> Result<()> {
        let Self { site, ipvs, .. } = self;
        story.step("Idle TCP connections live for half an hour; the other two timeouts stay.");
        let timeouts = || -> Result<String> {
            let it = ipvs.timeouts()?;
            let seconds = [it.tcp, it.tcp_fin, it.udp].map(|timeout| timeout.as_secs().to_string());
            Ok(seconds.join(" "))
        };
        story.check(
            "the kernel's own timeouts (tcp tcpfin udp)",
            "900 120 300",
            timeouts()?,
        );
        story.stands_for(&site.director, "ipvsadm --set 1800 0 0");
        ipvs.set_timeouts(&TimeoutsEdit::new().with_tcp(Duration::from_secs(1800)))?;
        story.show([format!("Timeout (tcp tcpfin udp): {}", timeouts()?)]);
        story.check("only the first has changed", "1800 120 300", timeouts()?);

        let held = site.client.hold(vip(80))?;
        let connections = site.director.connections()?;
        let open: Vec<_> = connections
            .iter()
            .filter(|it| it.state == ConnectionState::ESTABLISHED)
            .collect();
        story.show(&open);
        story.check(
            "a connection held open is the only one established",
            1,
            open.len(),
        );
        let expires = open
            .first()
            .map_or(0, |connection| connection.expires.as_secs());
        story.within("it would live for 1800 seconds", 1790..=1800, expires);
        drop(held);
        Ok(())
    }

    fn weigh(&self, story: &mut Story) -> Result<()> {
        let Self {
            site,
            ipvs,
            web,
            servers,
        } = self;
        story.step("Weighted round robin without persistence; server 1 is three times as strong.");
        story.stands_for(&site.director, "ipvsadm -E -t 10.0.2.100:80 -s wrr");
        ipvs.update_service(&web.with_scheduler(Scheduler::WRR))?;
        story.stands_for(
            &site.director,
            "ipvsadm -e -t 10.0.2.100:80 -r 10.0.3.100:8080 -m -w 3",
        );
        ipvs.edit_dest(&web.key, &servers[0], &DestEdit::new().with_weight(3))?;
        let answers = site.client.get_times(vip(80), 8)?;
        story.check(
            "of eight requests it takes six",
            "2, 1, 1, 1, 2, 1, 1, 1",
            turns(&answers),
        );
        story.table(
            ipvs,
            &[
                "TCP  10.0.2.100:80 wrr",
                "  -> 10.0.3.100:8080              Masq    3      0          12",
                "  -> 10.0.3.150:8080              Masq    1      0          12",
            ],
        )
    }

    fn take_a_server_out(&self, story: &mut Story) -> Result<()> {
        let Self {
            site,
            ipvs,
            web,
            servers,
        } = self;
        story.step("Two connections are open, one to each server.");
        let mut held = [site.client.hold(vip(80))?, site.client.hold(vip(80))?];
        story.check(
            "the servers that answered",
            "2, 1",
            turns(&held.each_ref().map(|held| held.server.clone())),
        );

        story.step("Server 1 is to be repaired: weight 0 keeps new connections away.");
        story.stands_for(
            &site.director,
            "ipvsadm -e -t 10.0.2.100:80 -r 10.0.3.100:8080 -m -w 0",
        );
        ipvs.edit_dest(&web.key, &servers[0], &DestEdit::new().with_weight(0))?;
        let answers = site.client.get_times(vip(80), 4)?;
        story.check(
            "new connections go to server 2",
            "2, 2, 2, 2",
            turns(&answers),
        );
        story.check(
            "the open one to server 1 goes on",
            "1",
            turns(&[held[1].ask_again()?]),
        );
        story.table(
            ipvs,
            &[
                "TCP  10.0.2.100:80 wrr",
                "  -> 10.0.3.100:8080              Masq    0      1          12",
                "  -> 10.0.3.150:8080              Masq    1      1          16",
            ],
        )?;
        drop(held);
        story.eventually("they close: server 1 has none left", "0", || {
            Ok(ipvs.dest(&web.key, &servers[0])?.active_connections)
        })?;
        story.stands_for(
            &site.director,
            "ipvsadm -d -t 10.0.2.100:80 -r 10.0.3.100:8080",
        );
        ipvs.remove_dest(&web.key, &servers[0])?;
        story.table(
            ipvs,
            &[
                "TCP  10.0.2.100:80 wrr",
                "  -> 10.0.3.150:8080              Masq    1      0          17",
            ],
        )?;
        story.stands_for(
            &site.director,
            "ipvsadm -e -t 10.0.2.100:80 -r 10.0.3.150:8080 -m -w 0",
        );
        ipvs.edit_dest(&web.key, &servers[1], &DestEdit::new().with_weight(0))?;
        let refused = site.client.is_refused(vip(80))?;
        story.check(
            "with no server of any weight, clients are refused at once",
            true,
            refused,
        );
        Ok(())
    }

    fn limit(&self, story: &mut Story) -> Result<()> {
        let Self {
            site,
            ipvs,
            servers,
            ..
        } = self;
        story.step("Another service, whose server 1 takes no more than two connections.");
        let key = ServiceKey::tcp(VIP, 81);
        story.stands_for(&site.director, "ipvsadm -A -t 10.0.2.100:81 -s rr");
        ipvs.add_service(&Service::new(key).with_scheduler(Scheduler::RR))?;
        story.stands_for(
            &site.director,
            "ipvsadm -a -t 10.0.2.100:81 -r 10.0.3.100:8080 -m -x 2 -y 1",
        );
        ipvs.add_dest(&key, &translated(SERVERS[0], 8080).with_thresholds(2, 1))?;
        story.stands_for(
            &site.director,
            "ipvsadm -a -t 10.0.2.100:81 -r 10.0.3.150:8080 -m",
        );
        ipvs.add_dest(&key, &translated(SERVERS[1], 8080))?;
        let hold = |_| site.client.hold(vip(81));
        let held = (0..6).map(hold).collect::<Result<Vec<_>>>()?;
        let answers: Vec<_> = held.iter().map(|held| held.server.clone()).collect();
        story.check(
            "of six open connections it takes two",
            "2, 1, 2, 1, 2, 2",
            turns(&answers),
        );

        let limits = || -> Result<String> {
            let it = ipvs.dest(&key, &servers[0])?.dest;
            Ok(format!(
                "weight {} -x {} -y {}",
                it.weight, it.upper_threshold, it.lower_threshold
            ))
        };
        story.check("its limits are read back", "weight 1 -x 2 -y 1", limits()?);
        story.step("A new weight leaves the limits alone (ipvsadm -e would need -x and -y again).");
        let command = "ipvsadm -e -t 10.0.2.100:81 -r 10.0.3.100:8080 -m -w 5 -x 2 -y 1";
        story.stands_for(&site.director, command);
        ipvs.edit_dest(&key, &servers[0], &DestEdit::new().with_weight(5))?;
        story.check("weight and limits", "weight 5 -x 2 -y 1", limits()?);

        story.step("Without limits it takes its turns again.");
        let command = "ipvsadm -e -t 10.0.2.100:81 -r 10.0.3.100:8080 -m -w 5";
        story.stands_for(&site.director, command);
        let unlimited = DestEdit::new()
            .with_upper_threshold(0)
            .with_lower_threshold(0);
        ipvs.edit_dest(&key, &servers[0], &unlimited)?;
        let answers = site.client.get_times(vip(81), 2)?;
        story.check("two more requests", "1, 2", turns(&answers));
        Ok(())
    }

    fn clear(&self, story: &mut Story) -> Result<()> {
        story.step("Everything is taken away.");
        story.stands_for(&self.site.director, "ipvsadm -C");
        self.ipvs.flush()?;
        story.table(&self.ipvs, &[])
    }

    /// A fact of each server, in the order of their addresses.
    fn each(&self, fact: impl Fn(&DestEntry) -> String) -> Result<String> {
        let servers = self.ipvs.dests(&self.web.key)?;
        Ok(servers.iter().map(fact).collect::<Vec<_>>().join(", "))
    }
}

/// How large this kernel's connection table is when its first service is made:
/// since 7.1 it starts small and grows; before, its size was fixed at boot.
fn table_size() -> Result<u32> {
    let release = std::fs::read_to_string("/proc/sys/kernel/osrelease")?;
    let mut numbers = release
        .split(|c: char| !c.is_ascii_digit())
        .map(str::parse::<u32>);
    let mut next = || {
        numbers
            .next()
            .and_then(std::result::Result::ok)
            .ok_or("no Linux release")
    };
    if (next()?, next()?) >= (7, 1) {
        return Ok(256);
    }
    let bits = std::fs::read_to_string("/sys/module/ip_vs/parameters/conn_tab_bits")?;
    Ok(1 << bits.trim().parse::<u32>()?)
}
