//! The built library and its headers, as a C compiler and a linker see them.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::{env, fs};

/// The headers that there are: ipvs.h, and libipvs.h for programs of the old library.
fn headers() -> Vec<&'static str> {
    let there = |name: &&str| include().join(name).exists();
    ["ipvs.h", "libipvs.h"].into_iter().filter(there).collect()
}

#[test]
fn headers_compile_alone_and_together_in_any_order() {
    let headers = headers();
    let mut orders: Vec<Vec<&str>> = headers.iter().map(|header| vec![*header]).collect();
    orders.push(headers.clone());
    orders.push(headers.into_iter().rev().collect());
    for order in orders {
        let lines = order.iter().map(|header| format!("#include <{header}>\n"));
        let program = lines.collect::<String>() + "typedef int not_empty;\n";
        for (language, standard) in [("c", "c99"), ("c", "c17"), ("c++", "c++17")] {
            let source = Scratch::new("headers", &program);
            let output = source.compile(language, standard, &["-fsyntax-only"]);
            assert!(
                output.status.success(),
                "{order:?} as {standard}: {output:?}"
            );
        }
    }
}

#[test]
fn what_is_exported_is_what_the_headers_declare() {
    let mut declared = BTreeSet::new();
    for header in headers() {
        declared.extend(declarations(header));
    }
    assert!(declared.len() > 100, "{declared:?}");
    assert_eq!(exported(), declared);
}

/// Names that a header declares as functions or data, once it is preprocessed.
fn declarations(header: &str) -> BTreeSet<String> {
    let source = Scratch::new("declarations", &format!("#include <{header}>\n"));
    let output = source.compile("c", "c99", &["-E", "-P"]);
    let text = String::from_utf8(output.stdout).unwrap();
    let statements = outermost(&text);
    let ours = statements
        .split(';')
        .filter(|it| !it.trim_start().starts_with("typedef"))
        .filter_map(declared_name);
    ours.filter(|name| name.starts_with("ipvs_")).collect()
}

/// The text outside of all braces.
fn outermost(text: &str) -> String {
    let mut depth = 0;
    let mut outside = String::new();
    for character in text.chars() {
        match character {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ if depth == 0 => outside.push(character),
            _ => {}
        }
    }
    outside
}

/// The word in front of the first parenthesis, or the last one of `extern` data.
fn declared_name(statement: &str) -> Option<String> {
    let before = match statement.split_once('(') {
        Some((before, _)) => before,
        None if statement.trim_start().starts_with("extern") => statement,
        None => return None,
    };
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let name = before.trim_end().rsplit(|c| !is_word(c)).next()?;
    (!name.is_empty()).then(|| name.to_owned())
}

fn exported() -> BTreeSet<String> {
    let output = run(Command::new("nm")
        .args(["-D", "--defined-only"])
        .arg(library()));
    let text = String::from_utf8(output.stdout).unwrap();
    let names = text
        .lines()
        .filter_map(|line| line.split_whitespace().last());
    names.map(str::to_owned).collect()
}

#[test]
fn the_soname_is_of_the_abi() {
    let output = run(Command::new("readelf").arg("-d").arg(library()));
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.contains("Library soname: [libipvs.so.0]"), "{text}");
}

#[test]
fn the_headers_version_is_the_librarys() {
    let program = r#"
        #include <ipvs.h>
        #include <stdio.h>
        int main(void)
        {
            printf("%d.%d.%d %x %s", IPVS_VERSION_MAJOR, IPVS_VERSION_MINOR, IPVS_VERSION_PATCH,
                   IPVS_VERSION_NUMBER, ipvs_library_version());
            return 0;
        }
    "#;
    let version = env!("CARGO_PKG_VERSION");
    let numbers: Vec<u32> = version
        .split('.')
        .map(|part| part.parse().unwrap())
        .collect();
    let packed = numbers
        .iter()
        .fold(0, |packed, number| packed << 8 | number);
    let told = String::from_utf8(built_and_run("version", program).stdout).unwrap();
    assert_eq!(told, format!("{version} {packed:x} {version}"));
}

#[test]
fn what_a_dest_begins_with_is_the_cores_default_in_c_and_in_cpp() {
    let program = r#"
        #include <ipvs.h>
        #include <stdio.h>
        int main(void)
        {
            ipvs_dest dest = IPVS_DEST_INIT;
            ipvs_service service = IPVS_SERVICE_INIT;
            char text[256];
            if (ipvs_dest_format(&dest, text, sizeof text) != 0)
                return 1;
            dest.forward = IPVS_MASQUERADE;
            dest.key.family = service.key.family = IPVS_IPV4;
            service.key.protocol = IPVS_TCP;
            ipvs_dest_format(&dest, text, sizeof text);
            printf("%s|", text);
            ipvs_service_format(&service, text, sizeof text);
            printf("%s", text);
            return 0;
        }
    "#;
    let dest = ipvs_core::Dest::new([0; 4], 0, ipvs_core::ForwardMethod::MASQUERADE);
    let service = ipvs_core::Service::new(ipvs_core::ServiceKey::tcp([0; 4], 0));
    for (language, standard) in [("c", "c99"), ("c++", "c++17")] {
        let source = Scratch::new("begin", program);
        let output = source.run(language, standard);
        let told = String::from_utf8(output.stdout).unwrap();
        assert_eq!(told, format!("{dest}|{service}"), "{standard}");
    }
}

/// libipvs.h takes the place of the kernel's header, too.
#[test]
fn the_old_headers_constants_are_the_kernels() {
    let kernels = Scratch::new("kernels", "#include <linux/ip_vs.h>\n");
    let mut text = String::new();
    for what in [&["-E", "-P"], &["-E", "-dM"]] {
        let output = kernels.compile("c", "c99", what);
        text += &String::from_utf8(output.stdout).unwrap();
    }
    let is_word = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_';
    let words = text.split(|c: char| !is_word(c) && !c.is_alphabetic());
    let constant = |word: &&str| {
        let ours = word.starts_with("IP_VS_") || word.starts_with("IPVS_");
        ours && word.chars().all(is_word) && *word != "IPVS_GENL_NAME"
    };
    let names: BTreeSet<&str> = words.filter(constant).collect();
    assert!(names.len() > 120, "{names:?}");

    let values = |header: &str| {
        let mut program = format!("#include <stdio.h>\n#include <{header}>\nint main(void)\n{{\n");
        for name in &names {
            program += &format!("printf(\"%s %lld\\n\", \"{name}\", (long long)({name}));\n");
        }
        program += "printf(\"%s, %d.%d.%d\", IPVS_GENL_NAME, NVERSION(0x010203));\nreturn 0;\n}\n";
        String::from_utf8(built_and_run("constants", &program).stdout).unwrap()
    };
    let ours = values("libipvs.h");
    assert!(ours.contains("IP_VS_SO_GET_DAEMON 1159\n") && ours.ends_with("IPVS, 1.2.3"));
    assert_eq!(ours, values("linux/ip_vs.h"));
}

/// In C's oldest dialect and in C++, with the data that it reads by name.
#[test]
fn a_program_of_the_old_library_builds_and_runs() {
    let program = r#"
        #include <errno.h>
        #include <stdio.h>
        #include <string.h>
        #include <libipvs.h>
        int main(void)
        {
            const char *permission = "Permission denied (you must be root)";
            const char *protocol = "Protocol not available";
            int result = ipvs_init();
            if (result != 0 && (result != -1 || ipvs_version() != 0))
                return 1;
            if (result == -1 && strcmp(ipvs_strerror(errno), permission) != 0
                && strcmp(ipvs_strerror(errno), protocol) != 0)
                return 2;
            /* The library and the program have the same one. */
            ipvs_info.version = 0x010203;
            if (ipvs_version() != 0x010203)
                return 3;
            printf("%d.%d.%d", NVERSION(ipvs_info.version));
            ipvs_close();
            return 0;
        }
    "#;
    for (language, standard) in [("c", "gnu90"), ("c", "c99"), ("c++", "c++17")] {
        for model in [["-fPIE", "-pie"], ["-fno-pie", "-no-pie"]] {
            let source = Scratch::new("old", program);
            let output = source.run_with(language, standard, &model);
            assert!(output.status.success(), "{standard} {model:?}: {output:?}");
            assert_eq!(output.stdout, b"1.2.3");
        }
    }
}

/// The program that the manual begins with.
#[test]
fn the_introductions_program_builds_and_runs() {
    let header = fs::read_to_string(include().join("ipvs.h")).unwrap();
    let lines = header
        .lines()
        .skip_while(|line| !line.contains("#include <ipvs.h>"));
    let lines = lines.take_while(|line| !line.contains("Build it with"));
    let program: Vec<&str> = lines.map(|line| line.trim_start_matches(" *")).collect();
    let output = Scratch::new("introduction", &program.join("\n")).run("c", "c99");
    // Where there is no IPVS, or no privilege for it, it says so.
    let told = String::from_utf8(output.stderr).unwrap();
    assert_eq!(
        output.status.code(),
        Some(i32::from(!told.is_empty())),
        "{told}"
    );
}

fn built_and_run(name: &str, program: &str) -> Output {
    let output = Scratch::new(name, program).run("c", "c99");
    assert!(output.status.success(), "{output:?}");
    output
}

/// A C program in a folder of its own.
struct Scratch {
    folder: PathBuf,
}

impl Scratch {
    fn new(name: &str, program: &str) -> Self {
        static COUNT: std::sync::atomic::AtomicU32 = std::sync::atomic::AtomicU32::new(0);
        let number = COUNT.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        let folder = format!("ipvs_{name}_{}_{number}", std::process::id());
        let folder = env::temp_dir().join(folder);
        fs::create_dir(&folder).unwrap();
        fs::write(folder.join("program.c"), program).unwrap();
        Scratch { folder }
    }

    fn compile(&self, language: &str, standard: &str, arguments: &[&str]) -> Output {
        Command::new(if language == "c" { "cc" } else { "c++" })
            .args(["-Wall", "-Wextra", "-Wpedantic", "-Werror"])
            .arg(format!("-std={standard}"))
            .arg("-I")
            .arg(include())
            .args(["-x", language])
            .arg(self.folder.join("program.c"))
            .args(arguments)
            .output()
            .expect("a compiler")
    }

    fn run(&self, language: &str, standard: &str) -> Output {
        self.run_with(language, standard, &[])
    }

    fn run_with(&self, language: &str, standard: &str, options: &[&str]) -> Output {
        let program = self.folder.join("program");
        let library = library();
        let (program, library) = (program.to_str().unwrap(), library.to_str().unwrap());
        // Behind the sources, which are the last in a language that is named.
        let link = ["-x", "none", library, "-o", program];
        let output = self.compile(language, standard, &[options, &link].concat());
        assert!(output.status.success(), "{output:?}");
        let soname = self.folder.join("libipvs.so.0");
        std::os::unix::fs::symlink(library, soname).unwrap();
        let mut command = Command::new(program);
        command.env("LD_LIBRARY_PATH", &self.folder);
        command.output().unwrap()
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.folder);
    }
}

fn run(command: &mut Command) -> Output {
    let output = command.output().unwrap();
    assert!(output.status.success(), "{output:?}");
    output
}

fn include() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../include")
}

/// The shared library that cargo built with this test, beside it.
fn library() -> PathBuf {
    let test = env::current_exe().unwrap();
    test.parent().unwrap().join("libipvs.so")
}
