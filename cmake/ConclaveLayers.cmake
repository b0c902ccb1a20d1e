# The layers of lib/, lowest first, and what each stands on. tools/check_layers.py enforces the same
# table on #include lines; here it decides which objects a layer's unit tests link.
set(CONCLAVE_LAYERS
    base wire rfc9420 crypto hpke labeled schedule tree framing group storage session capi)
set(CONCLAVE_LAYERS_UNDER_base)
set(CONCLAVE_LAYERS_UNDER_wire base)
set(CONCLAVE_LAYERS_UNDER_rfc9420 wire)
set(CONCLAVE_LAYERS_UNDER_crypto base)
set(CONCLAVE_LAYERS_UNDER_hpke crypto)
set(CONCLAVE_LAYERS_UNDER_labeled hpke rfc9420)
set(CONCLAVE_LAYERS_UNDER_schedule labeled)
set(CONCLAVE_LAYERS_UNDER_tree labeled)
set(CONCLAVE_LAYERS_UNDER_framing schedule)
set(CONCLAVE_LAYERS_UNDER_group framing tree)
set(CONCLAVE_LAYERS_UNDER_storage wire)
set(CONCLAVE_LAYERS_UNDER_session group storage)
set(CONCLAVE_LAYERS_UNDER_capi session)

# Sets `out` to `layer` and every layer below it.
function(conclave_layer_closure out layer)
  set(closure ${layer})
  foreach(under IN LISTS CONCLAVE_LAYERS_UNDER_${layer})
    conclave_layer_closure(more ${under})
    list(APPEND closure ${more})
  endforeach()
  list(REMOVE_DUPLICATES closure)
  set(${out} ${closure} PARENT_SCOPE)
endfunction()

# Links the objects of the given layers that exist (a layer of headers alone has none).
function(conclave_link_layers target)
  foreach(layer IN LISTS ARGN)
    if(TARGET conclave_${layer})
      target_sources(${target} PRIVATE $<TARGET_OBJECTS:conclave_${layer}>)
    endif()
  endforeach()
endfunction()
