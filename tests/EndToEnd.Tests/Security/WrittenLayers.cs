using System.Diagnostics;
using System.Globalization;
using ActorOrchestrator.EndToEnd.Tests.Harness;

namespace ActorOrchestrator.EndToEnd.Tests.Security;

/// <summary>A view of the machine for one server, in which everything that it writes outside of the kept directories
/// is seen, and nothing of what others write meanwhile (<c>layers.sh</c>).</summary>
internal sealed class WrittenLayers : IAsyncDisposable
{
    private const string Layers = "/run/.layers";

    private readonly Process _holder;
    private readonly IReadOnlyList<string> _kept;

    private WrittenLayers(Process holder, IReadOnlyList<string> kept) => (_holder, _kept) = (holder, kept);

    /// <summary>The command that runs another one in this view, and becomes it.</summary>
    public IReadOnlyList<string> Inside => ["nsenter", "--mount", "--target", $"{_holder.Id}"];

    public static async Task<WrittenLayers> MakeAsync(params string[] kept)
    {
        var script = Path.Combine(Places.Repository, "tests/EndToEnd.Tests/Security/layers.sh");
        var holder = Tool.Start(
            "unshare", ["--mount", "--propagation", "private", script, .. kept], environment: null);
        var layers = new WrittenLayers(holder, kept);
        if (await holder.StandardOutput.ReadLineAsync() != "ready")
        {
            var problem = await holder.StandardError.ReadToEndAsync();
            await layers.DisposeAsync();
            throw new InvalidOperationException($"{script}: {problem}");
        }

        return layers;
    }

    /// <summary>What was written outside of the kept directories. Directories that were only gone through are not among
    /// it.</summary>
    public async Task<IReadOnlyList<WrittenEntry>> OutsideAsync()
    {
        var entries = new List<WrittenEntry>();
        foreach (var entry in await ListAsync("/run", "/tmp", "/dev/shm"))
        {
            var path = entry.Path.StartsWith(Layers + "/", StringComparison.Ordinal)
                ? UpperPath(entry.Path[Layers.Length..])
                : entry.Path;
            var isOurs = path is not (null or Layers or "/run" or "/tmp" or "/dev/shm")
                && !_kept.Any(kept => kept == path || kept.StartsWith(path + "/", StringComparison.Ordinal));
            if (isOurs && !(entry.Type == 'd' && entry.Path != path && Directory.Exists(path)))
            {
                entries.Add(entry with { Path = path! });
            }
        }

        return entries;
    }

    /// <summary>Modes, owners and types of everything below directories, on their own file systems.</summary>
    public async Task<IReadOnlyList<WrittenEntry>> ListAsync(params string[] roots)
    {
        string[] find = [.. Inside, "find", .. roots, "-xdev", "-printf", WrittenEntry.Format];
        var entries = WrittenEntry.Parse(await Tool.RunAsync(find[0], find.Skip(1)));
        var devices = entries.Where(entry => roots.Contains(entry.Path)).Select(entry => entry.Device).ToHashSet();
        return [.. entries.Select(entry => entry with { IsMounted = !devices.Contains(entry.Device) })];
    }

    /// <summary>Where a path of this view is found from outside.</summary>
    public string Seen(string path) => $"/proc/{_holder.Id}/root{path}";

    public async ValueTask DisposeAsync()
    {
        _holder.StandardInput.Close();
        await _holder.WaitForExitAsync(CancellationToken.None);
        _holder.Dispose();
    }

    /// <summary>"/var/upper/lib/x" is /var/lib/x; null for what the layers themselves consist of.</summary>
    private static string? UpperPath(string path) =>
        path.Split('/') is ["", var top, "upper", _, ..] parts ? $"/{top}/{string.Join('/', parts[3..])}" : null;
}

/// <summary>One file, directory, link or socket.</summary>
/// <param name="Path">Where it is.</param>
/// <param name="Mode">Its permission bits.</param>
/// <param name="Owner">The user's id.</param>
/// <param name="Type">As <c>find -printf %y</c> tells it: f, d, l, s, p, c, b.</param>
internal sealed record WrittenEntry(string Path, int Mode, int Owner, char Type)
{
    /// <summary>For <c>find -printf</c>.</summary>
    public const string Format = "%m %U %y %D %p\\n";

    private const int Others = 0x3F;

    /// <summary>The number of its file system.</summary>
    public string Device { get; init; } = "";

    /// <summary>It is on another file system than what was listed, such as a file that is mounted alone.</summary>
    public bool IsMounted { get; init; }

    public bool IsPrivate => Type == 'l' || (Mode & Others) == 0;

    /// <summary>Reads what find said. Files that went away meanwhile make it fail, and are none to speak of.</summary>
    public static IReadOnlyList<WrittenEntry> Parse(Output found) =>
        [.. found.Lines.Select(line => line.Split(' ', 5)).Select(part => new WrittenEntry(
            part[4], Convert.ToInt32(part[0], 8), int.Parse(part[1], CultureInfo.InvariantCulture), part[2][0])
            { Device = part[3] })];

    public override string ToString() => $"{Convert.ToString(Mode, 8)} {Owner} {Type} {Path}";
}
