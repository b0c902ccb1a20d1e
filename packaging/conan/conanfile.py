"""Builds Conclave from the tree that this recipe is in: conan create packaging/conan

BoringSSL is built in from source and hidden, so that it gets along with the package openssl; `boringssl`
says where from (cmake/BoringSSL.cmake). libdecaf has no package in ConanCenter: with `decaf` the system's is
used, without it suites 4 and 6 (X448, Ed448) are left out.
"""
import os
import re

from conan import ConanFile
from conan.tools.build import check_min_cppstd
from conan.tools.cmake import CMake, CMakeDeps, CMakeToolchain, cmake_layout
from conan.tools.files import copy, load, rmdir


class ConclaveConan(ConanFile):
    name = "conclave"
    description = "Messaging Layer Security (RFC 9420), embeddable"
    license = "BSD-2-Clause"
    topics = ("mls", "rfc9420", "end-to-end-encryption")
    package_type = "library"
    settings = "os", "arch", "compiler", "build_type"
    options = {
        "shared": [True, False],
        "provider": [True, False],
        "sqlite": [True, False],
        "decaf": [True, False],
        "boringssl": ["ANY"],
    }
    default_options = {
        "shared": False,
        "provider": True,
        "sqlite": True,
        "decaf": False,
        "boringssl": "fetch",
    }

    @property
    def _root(self):
        return os.path.join(self.recipe_folder, os.pardir, os.pardir)

    def set_version(self):
        text = load(self, os.path.join(self._root, "CMakeLists.txt"))
        self.version = re.search(r"project\(conclave VERSION ([0-9.]+)", text).group(1)

    def export_sources(self):
        for pattern in ("CMakeLists.txt", "LICENSE", "cmake/*", "gen/*", "include/*", "lib/*"):
            copy(self, pattern, self._root, self.export_sources_folder)

    def layout(self):
        cmake_layout(self)

    def requirements(self):
        if self.options.provider or self.options.sqlite:
            self.requires("libsodium/[>=1.0.18 <2]")
        if self.options.sqlite:
            self.requires("sqlite3/[>=3.37 <4]")

    def package_id(self):
        # Where it was found does not matter.
        del self.info.options.boringssl

    def validate(self):
        check_min_cppstd(self, 20)

    def generate(self):
        CMakeDeps(self).generate()
        toolchain = CMakeToolchain(self)
        toolchain.cache_variables["CONCLAVE_BUILD_PROVIDER"] = bool(self.options.provider)
        toolchain.cache_variables["CONCLAVE_BUILD_SQLITE"] = bool(self.options.sqlite)
        toolchain.cache_variables["CONCLAVE_DECAF"] = bool(self.options.decaf)
        toolchain.cache_variables["CONCLAVE_BORINGSSL"] = str(self.options.boringssl)
        for part in ("TESTS", "EXAMPLES", "BENCH", "TOOLS"):
            toolchain.cache_variables[f"CONCLAVE_BUILD_{part}"] = False
        toolchain.generate()

    def build(self):
        cmake = CMake(self)
        cmake.configure()
        cmake.build()

    def package(self):
        copy(self, "LICENSE", self.source_folder, os.path.join(self.package_folder, "licenses"))
        CMake(self).install()
        # CMakeDeps makes these for whoever requires the package.
        rmdir(self, os.path.join(self.package_folder, "lib", "cmake"))
        rmdir(self, os.path.join(self.package_folder, "lib", "pkgconfig"))

    def package_info(self):
        self.cpp_info.set_property("cmake_file_name", "conclave")
        core = self.cpp_info.components["conclave"]
        core.set_property("cmake_target_name", "conclave::conclave")
        core.set_property("pkg_config_name", "conclave")
        core.libs = ["conclave"]
        if self.options.shared:
            core.defines = ["CONCLAVE_SHARED"]
        if self.options.provider:
            provider = self.cpp_info.components["boringssl"]
            provider.set_property("cmake_target_name", "conclave::boringssl")
            provider.set_property("pkg_config_name", "conclave-boringssl")
            provider.libs = ["conclave_boringssl"]
            provider.requires = ["conclave", "libsodium::libsodium"]
            provider.system_libs = ["decaf"] if self.options.decaf else []
            if self.settings.os == "Linux":
                provider.system_libs.append("pthread")
        if self.options.sqlite:
            sqlite = self.cpp_info.components["sqlite"]
            sqlite.set_property("cmake_target_name", "conclave::sqlite")
            sqlite.set_property("pkg_config_name", "conclave-sqlite")
            sqlite.libs = ["conclave_sqlite"]
            sqlite.requires = ["conclave", "libsodium::libsodium", "sqlite3::sqlite3"]
