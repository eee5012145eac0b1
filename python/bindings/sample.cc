// SPDX-License-Identifier: Apache-2.0
// The made-up recording.
#include "evarrow/sample.h"

#include "bindings.h"

namespace evarrow::python {
namespace {

class Scene {
 public:
  Scene(int32_t width, int32_t height, int64_t duration, uint64_t seed)
      : scene_(
            SampleOptions{.width = width, .height = height, .duration = duration, .seed = seed}) {}

  // The next events and the triggers up to them, or None when the scene is over.
  nb::object next() {
    EventBatch events(kBatchSize);
    Batch triggers(kTriggerFields, kTriggers);
    {
      const nb::gil_scoped_release without_gil;
      if (!scene_.next(events)) return nb::none();
      scene_.triggers(triggers);
    }
    return nb::make_tuple(to_python(std::move(events), TimeType::kDuration, nullptr),
                          to_python(std::move(triggers), TimeType::kDuration, nullptr));
  }

 private:
  static constexpr size_t kBatchSize = 65'536;
  static constexpr size_t kTriggers = 1024;

  SampleScene scene_;
};

}  // namespace

void bind_sample(nb::module_& module) {
  nb::class_<Scene>(module, "SampleScene")
      .def(nb::init<int32_t, int32_t, int64_t, uint64_t>(), nb::kw_only(), nb::arg("width"),
           nb::arg("height"), nb::arg("duration"), nb::arg("seed"))
      .def("next", &Scene::next, nb::sig("def next(self) -> tuple[EventBatch, Batch] | None"));
}

}  // namespace evarrow::python
