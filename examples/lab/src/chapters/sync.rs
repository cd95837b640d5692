//! Two directors: one learns the other's connections, and takes them over.

use ipvs_core::procfs::Origin;
use ipvs_core::{Client, DaemonRole, ServiceKey, SyncDaemon};
use lab::{Host, Result, Site, Story};

use super::{VIP, serve, turns, vip};

pub(super) fn tell(story: &mut Story) -> Result<()> {
    let site = Site::lab1()?;
    let Site {
        director, client, ..
    } = &site;
    story.picture(&site);
    site.set_up_translation()?;
    let both = [("eth0", "intnet"), ("eth1", "intnet1")];
    let backup = site.network.host("backup", &both)?;
    backup.sysctl("net.ipv4.ip_forward", 1)?;
    backup.ip(&[
        "addr add 10.0.2.51/24 brd + dev eth0",
        "addr add 10.0.3.16/24 brd + dev eth1",
    ])?;

    story.step("A backup director with the same table, but not the virtual addresses.");
    story.typed(&[&backup]);
    site.forget_typed();
    let (master_ipvs, backup_ipvs) = (director.ipvs()?, backup.ipvs()?);
    for (host, ipvs) in [(director, &master_ipvs), (&backup, &backup_ipvs)] {
        let service = ("-t 10.0.2.100:80", ServiceKey::tcp(VIP, 80));
        serve(story, host, ipvs, service, 8080)?;
    }

    story.step("The director tells its connections on eth1; the backup listens.");
    start(story, director, &master_ipvs, DaemonRole::Master)?;
    start(story, &backup, &backup_ipvs, DaemonRole::Backup)?;

    story.step("A client opens a connection and keeps it open.");
    let mut held = client.hold(vip(80))?;
    story.check("it leads to server 2", "2", turns(&[held.server.clone()]));
    story.eventually(
        "within seconds the backup knows it, as learned",
        "ESTABLISHED tcp 10.0.2.100:80 10.0.3.150:8080",
        || {
            let known = backup.connections()?;
            let known = known
                .iter()
                .filter(|it| it.origin == Some(Origin::Synced))
                .map(|it| format!("{} {} {}", it.state, it.service, it.dest));
            Ok(known.collect::<Vec<_>>().join("\n"))
        },
    )?;
    story.show(backup.connections()?);

    story.step("The director fails: the virtual addresses move to the backup.");
    move_addresses(&site, &backup)?;
    story.typed(&[director, &backup, client]);
    story.typed_alike(&site.servers);
    story.check(
        "the open connection goes on through the backup",
        "2",
        turns(&[held.ask_again()?]),
    );
    let answers = client.get_times(vip(80), 4)?;
    story.check(
        "new connections take turns there",
        "2, 1, 2, 1",
        turns(&answers),
    );
    story.table(
        &backup_ipvs,
        &[
            "TCP  10.0.2.100:80 rr",
            "  -> 10.0.3.100:8080              Masq    1      0          2",
            "  -> 10.0.3.150:8080              Masq    1      1          2",
        ],
    )?;

    story.step("The daemons stop.");
    story.stands_for(director, "ipvsadm --stop-daemon master");
    master_ipvs.stop_daemon(DaemonRole::Master)?;
    story.stands_for(&backup, "ipvsadm --stop-daemon backup");
    backup_ipvs.stop_daemon(DaemonRole::Backup)?;
    let running = [master_ipvs.daemons()?, backup_ipvs.daemons()?].concat();
    story.check("none is running", 0, running.len());
    Ok(())
}

/// A sync daemon on eth1, and what the kernel made of what was left open.
fn start(story: &mut Story, host: &Host, ipvs: &Client, role: DaemonRole) -> Result<()> {
    let command = format!("ipvsadm --start-daemon {role} --mcast-interface eth1 --syncid 1");
    story.stands_for(host, &command);
    ipvs.start_daemon(&SyncDaemon::new(role, "eth1".parse()?).with_sync_id(1))?;
    let describe = |it: &SyncDaemon| {
        let shown = |it: Option<String>| it.unwrap_or("none".to_owned());
        format!(
            "{} sync daemon (mcast={}, syncid={}, maxlen={}, group={}, port={}, ttl={})",
            it.role,
            it.interface,
            it.sync_id,
            shown(it.max_length.map(|it| it.to_string())),
            shown(it.group.map(|it| it.to_string())),
            shown(it.port.map(|it| it.to_string())),
            shown(it.ttl.map(|it| it.to_string())),
        )
    };
    let running: Vec<String> = ipvs.daemons()?.iter().map(describe).collect();
    story.show(&running);
    story.check(
        "it runs, with the kernel's own defaults",
        format!(
            "{role} sync daemon (mcast=eth1, syncid=1, maxlen=1472, group=224.0.0.81, port=8848, ttl=1)"
        ),
        running.join("\n"),
    );
    Ok(())
}

/// What cluster software does at a fail-over; where that shouts its ARP, here
/// the neighbours forget theirs.
fn move_addresses(site: &Site, backup: &Host) -> Result<()> {
    site.director.ip(&[
        "addr del 10.0.2.100/24 dev eth0",
        "addr del 10.0.3.200/24 dev eth1",
    ])?;
    backup.ip(&[
        "addr add 10.0.2.100/24 brd + dev eth0 label eth0:0",
        "addr add 10.0.3.200/24 brd + dev eth1 label eth1:0",
    ])?;
    site.client.ip(&["neigh flush to 10.0.2.100 dev eth0"])?;
    for server in &site.servers {
        server.ip(&["neigh flush to 10.0.3.200 dev eth0"])?;
    }
    Ok(())
}
