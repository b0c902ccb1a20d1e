// CONCLAVE_EXPORT: marks what a shared build of the library shows to its users; CONCLAVE_HIDDEN,
// what it does not show of a class that it shows.
#pragma once

#if defined(_WIN32) && defined(CONCLAVE_SHARED)
#if defined(CONCLAVE_BUILDING)
#define CONCLAVE_EXPORT __declspec(dllexport)
#else
#define CONCLAVE_EXPORT __declspec(dllimport)
#endif
#elif defined(__GNUC__) && defined(__cplusplus)
#define CONCLAVE_EXPORT [[gnu::visibility("default")]]
#define CONCLAVE_HIDDEN [[gnu::visibility("hidden")]]
#elif defined(__GNUC__)
#define CONCLAVE_EXPORT __attribute__((visibility("default")))
#else
#define CONCLAVE_EXPORT
#endif
#if !defined(CONCLAVE_HIDDEN)
#define CONCLAVE_HIDDEN
#endif
