namespace ActorOrchestrator.EndToEnd.Tests.Harness;

/// <summary>
/// A wall clock for one process that a test can set while the process runs: libfaketime stands before the C library and
/// reads the offset from a file, once a second. The monotonic clock stays true, as it does on a real machine.
/// </summary>
internal sealed class FalseClock : IDisposable
{
    private const string Library = "/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1";

    private readonly string _scratch = Places.NewScratch("clock");

    public FalseClock() => Set(TimeSpan.Zero);

    public IReadOnlyDictionary<string, string?> Environment => new Dictionary<string, string?>
    {
        ["LD_PRELOAD"] = File.Exists(Library)
            ? Library
            : throw new InvalidOperationException($"{Library} does not exist: run scripts/setup --tests"),
        ["FAKETIME_TIMESTAMP_FILE"] = OffsetFile,
        ["FAKETIME_CACHE_DURATION"] = "1",
        ["DONT_FAKE_MONOTONIC"] = "1",

        // Without it each timed wait of .NET ends at once from some moment on, and a server that rests takes a
        // processor.
        ["FAKETIME_FORCE_MONOTONIC_FIX"] = "0",
    };

    private string OffsetFile => Path.Combine(_scratch, "offset");

    /// <summary>Sets the clock that far before or after the machine's.</summary>
    public void Set(TimeSpan offset)
    {
        var next = OffsetFile + ".next";
        File.WriteAllText(next, $"{offset.TotalSeconds:+0;-0;+0}\n");
        File.Move(next, OffsetFile, overwrite: true);
    }

    public void Dispose() => Directory.Delete(_scratch, recursive: true);
}
