// SPDX-License-Identifier: Apache-2.0
#include "io/source.h"

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "evarrow/error.h"
#include "io/os_file.h"

namespace evarrow {
namespace {

Bytes part(Bytes all, uint64_t offset, size_t size) noexcept {
  if (offset >= all.size()) return {};
  return all.subspan(offset, std::min<uint64_t>(size, all.size() - offset));
}

class MemorySource final : public Source {
 public:
  MemorySource(Bytes bytes, std::shared_ptr<const void> keep_alive)
      : bytes_(bytes), keep_alive_(std::move(keep_alive)) {}

  Bytes read(uint64_t offset, size_t size, Scratch&) override { return part(bytes_, offset, size); }
  uint64_t size() const noexcept override { return bytes_.size(); }
  void drop(uint64_t, uint64_t) noexcept override {}

 private:
  Bytes bytes_;
  std::shared_ptr<const void> keep_alive_;
};

// A file that has lost bytes since it was opened has no end that could be trusted.
class FileSource : public Source {
 public:
  FileSource(Descriptor file, std::string name, const FileKey& key)
      : file_(std::move(file)), name_(std::move(name)) {
    key_ = key;
  }

  uint64_t size() const noexcept override { return key_.size; }

 protected:
  [[noreturn]] void throw_shrunk(uint64_t size) const {
    throw Error(ErrorCode::kChanged,
                name_ + " has shrunk to " + std::to_string(size) + " bytes from the " +
                    std::to_string(key_.size) +
                    " it had when it was opened: open it again once it is complete",
                size);
  }

  Descriptor file_;
  std::string name_;
};

class MappedSource final : public FileSource {
 public:
  MappedSource(Descriptor file, std::string name, const FileKey& key, std::byte* data)
      : FileSource(std::move(file), std::move(name), key), data_(data) {}
  ~MappedSource() override { unmap_file(data_, key_.size); }
  MappedSource(const MappedSource&) = delete;
  MappedSource& operator=(const MappedSource&) = delete;

  Bytes read(uint64_t offset, size_t size, Scratch&) override {
    const Bytes bytes = part({data_, key_.size}, offset, size);
    // Touching a page behind the end of a file that has shrunk would end the process.
    const uint64_t now = status_of(file_.get(), name_).key.size;
    if (now < offset + bytes.size()) throw_shrunk(now);
    return bytes;
  }

  void drop(uint64_t begin, uint64_t end) noexcept override {
    if (begin < end && end <= key_.size) give_up_pages(data_ + begin, end - begin);
  }

  void expect(uint64_t begin, uint64_t end) noexcept override {
    if (begin < end && end <= key_.size) want_pages(data_ + begin, end - begin);
  }

 private:
  std::byte* data_;
};

class PreadSource final : public FileSource {
 public:
  using FileSource::FileSource;

  Bytes read(uint64_t offset, size_t size, Scratch& scratch) override {
    const uint64_t wanted = offset >= key_.size ? 0 : std::min<uint64_t>(size, key_.size - offset);
    if (scratch.size() < wanted) scratch.resize(wanted);
    const size_t n = read_at(file_.get(), offset, {scratch.data(), wanted}, name_);
    if (n < wanted) throw_shrunk(offset + n);
    return {scratch.data(), n};
  }

  void drop(uint64_t, uint64_t) noexcept override {}
};

// The bytes of a pipe that were read and not given away are kept.
class PipeSource final : public Source {
 public:
  PipeSource(Descriptor pipe, std::string name) : pipe_(std::move(pipe)), name_(std::move(name)) {}

  bool sequential() const noexcept override { return true; }
  uint64_t size() const noexcept override { return 0; }

  Bytes read(uint64_t offset, size_t size, Scratch& scratch) override {
    if (offset < begin_) {
      throw Error(ErrorCode::kArgument, name_ + " is a pipe and can be read only once");
    }
    while (!ended_ && begin_ + kept_.size() < offset + size) {
      const size_t had = kept_.size();
      kept_.resize(had + kPieceBytes);
      const size_t n = read_some(pipe_.get(), {kept_.data() + had, kPieceBytes}, name_);
      kept_.resize(had + n);
      ended_ = n == 0;
    }
    const Bytes bytes = part(kept_, offset - begin_, size);
    scratch.assign(bytes.begin(), bytes.end());
    return scratch;
  }

  void drop(uint64_t, uint64_t end) noexcept override {
    const uint64_t n = std::min<uint64_t>(end - std::min(end, begin_), kept_.size());
    kept_.erase(kept_.begin(), kept_.begin() + static_cast<ptrdiff_t>(n));
    begin_ += n;
  }

 private:
  static constexpr size_t kPieceBytes = 64 * 1024;

  Descriptor pipe_;
  std::string name_;
  std::vector<std::byte> kept_;
  uint64_t begin_ = 0;  // offset of the first byte kept
  bool ended_ = false;
};

std::shared_ptr<Source> open_opened(Descriptor file, const std::string& name, Io io) {
  const FileStatus status = status_of(file.get(), name);
  if (status.kind == FileKind::kDirectory) throw_system_error("read", name, EISDIR);
  if (status.kind == FileKind::kStream) {
    return std::make_shared<PipeSource>(std::move(file), name);
  }
  if (io != Io::kPread && status.key.size != 0) {
    std::byte* data = map_file(file.get(), status.key.size);
    if (data != nullptr) {
      return std::make_shared<MappedSource>(std::move(file), name, status.key, data);
    }
    if (io == Io::kMmap) throw_system_error("map", name, errno);
  }
  return std::make_shared<PreadSource>(std::move(file), name, status.key);
}

}  // namespace

std::shared_ptr<Source> open_file(const std::filesystem::path& path, Io io) {
  return open_opened(open_for_reading(path), path.string(), io);
}

std::shared_ptr<Source> open_descriptor(int descriptor, const std::string& name, Io io) {
  return open_opened(duplicate(descriptor, name), name, io);
}

std::shared_ptr<Source> open_memory(Bytes bytes, std::shared_ptr<const void> keep_alive) {
  return std::make_shared<MemorySource>(bytes, std::move(keep_alive));
}

}  // namespace evarrow
