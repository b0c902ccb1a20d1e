// Visiting a variant with lambdas: std::visit(Overloaded{...}, variant).
#pragma once

namespace conclave {

template <class... Visitors>
struct Overloaded : Visitors... {
  using Visitors::operator()...;
};
template <class... Visitors>
Overloaded(Visitors...) -> Overloaded<Visitors...>;

}  // namespace conclave
