# Rows in files, seen from kernels that go through them.

# Let pages of all such rows go where the process holds too much; costs a load where there are none. For passes over
# all rows, every few thousand; rows here and there are read from the file (ext/gathered.pxd): one that is touched brings
# up to 2 MiB into the process.
cdef void settle_pages() noexcept nogil
