using System.Globalization;
using System.Net;
using ActorOrchestrator.Agent.Cri;
using ActorOrchestrator.Agent.Logs;
using ActorOrchestrator.Agent.Nodes;
using ActorOrchestrator.Agent.Reclaim;
using ActorOrchestrator.Api.Validation;
using ActorOrchestrator.Api;
using ActorOrchestrator.Host.Hocon;

namespace ActorOrchestrator.Host.Settings;

/// <summary>All settings of <c>orchestrator server</c>, typed; see <c>hocon/reference.conf</c> for what each
/// means.</summary>
internal sealed record ServerSettings
{
    public required string DataDirectory { get; init; }
    public required ApiSettings Api { get; init; }
    public required EntitySettings Entities { get; init; }
    public required JournalSettings Journal { get; init; }
    public required ClusterSettings Cluster { get; init; }
    public required TimeSpan EventLifetime { get; init; }

    public required NodeLossSettings NodeLoss { get; init; }
    public required MachineSettings Node { get; init; }
    public required ControlSettings Control { get; init; }
    public required string LogLevel { get; init; }

    /// <summary>What stands below <c>akka</c>, as HOCON.</summary>
    public required string Akka { get; init; }

    /// <summary>What all members have alike and this one does not have as by default, a setting a line. How to reach
    /// the journal is not among it.</summary>
    public required string Shared { get; init; }

    /// <summary>What machines that only run pods have as this member has it.</summary>
    public required string SharedByMachines { get; init; }

    /// <param name="configFile">A file over the defaults, or null.</param>
    /// <param name="commandLine">Settings given as options: (path, HOCON value).</param>
    /// <exception cref="SettingsException">Names the file, the line and the setting that is wrong.</exception>
    public static ServerSettings Load(string? configFile, IReadOnlyList<(string Path, string Value)> commandLine)
    {
        var given = new List<(string, string)>();
        if (configFile is not null)
        {
            given.Add((configFile, ReadFile(configFile)));
        }

        given.AddRange(commandLine.Select(OfCommandLine));
        var dataDirectory = DirectoryOf(Read(given).Text("data-dir"));
        return From(Read(
            [.. MemberFile.Layers(dataDirectory), .. given, ("data-dir", DataDirectoryIs(dataDirectory))]));

        // A file that was copied from elsewhere does not move it.
        static string DataDirectoryIs(string path) => $"data-dir = {HoconText.Quote(path)}";
    }

    /// <summary>What a data directory's machine joined with, and options over it.</summary>
    /// <exception cref="SettingsException">Names the file, the line and the setting that is wrong.</exception>
    public static HoconReader Read(string dataDirectory, IReadOnlyList<(string Path, string Value)> commandLine) =>
        Read([.. MemberFile.Layers(dataDirectory), .. commandLine.Select(OfCommandLine)]);

    private static HoconReader Read(IEnumerable<(string, string)> layers) =>
        HoconReader.Load(ReferenceText(), layers, Environment.GetEnvironmentVariable);

    private static (string, string) OfCommandLine((string Path, string Value) setting) =>
        ("command line", $"{setting.Path} = {setting.Value}");

    public static string ReferenceText()
    {
        using var stream = typeof(ServerSettings).Assembly.GetManifestResourceStream("reference.conf")
            ?? throw new InvalidOperationException("reference.conf is not in this assembly");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }

    public static ServerSettings From(HoconReader reader) => new()
    {
        DataDirectory = DirectoryOf(reader.Text("data-dir")),
        Api = ApiSettings.From(reader),
        Entities = EntitySettings.From(reader),
        Journal = JournalSettings.From(reader),
        Cluster = ClusterSettings.From(reader),
        Akka = AkkaFrom(reader),
        EventLifetime = reader.Duration("events.lifetime", min: "1s"),
        NodeLoss = NodeLossSettings.From(reader),
        Node = MachineSettings.From(reader),
        Control = ControlSettings.From(reader),
        Shared = string.Concat(SharedPaths.SelectMany(reader.Changed).Select(line => line + "\n")),
        SharedByMachines = string.Concat(
            MachinePaths.SelectMany(path => reader.Changed(path)).Select(line => line + "\n")),
        LogLevel = reader.Text("logging.level") is var level && Levels.Contains(level)
            ? level
            : throw new SettingsException($"logging.level: \"{level}\" is none of {string.Join(", ", Levels)}"),
    };

    private static string DirectoryOf(string path) => path.Length == 0 || path.Contains('\0')
        ? throw new SettingsException($"data-dir: \"{path}\" names no directory")
        : Path.GetFullPath(path);

    private static string AkkaFrom(HoconReader reader)
    {
        if (reader.Text("akka.actor.provider") != "cluster")
        {
            throw new SettingsException("akka.actor.provider: cluster; a member is one of a cluster");
        }

        // Shorter than the silence of a member that is only busy, it ends members that live.
        reader.Duration("akka.cluster.split-brain-resolver.stable-after", min: "100ms");
        return reader.Render("akka");
    }

    private static readonly string[] SharedPaths =
    [
        "journal.watch-window", "journal.watch-window-size", "journal.encrypt-secrets", "cluster.port",
        "cluster.strategy", "entities", "events",
        "node.heartbeat-interval", "node.silence-max", "node-loss", "network", "akka",
    ];

    private static readonly string[] MachinePaths = ["node.heartbeat-interval", "node-loss.fence-after"];

    private static readonly string[] Levels = ["Verbose", "Debug", "Information", "Warning", "Error"];

    private static string ReadFile(string file)
    {
        if (Directory.Exists(file))
        {
            throw new SettingsException($"--config {file}: is a directory");
        }

        try
        {
            return File.ReadAllText(file);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new SettingsException($"--config {file}: {FailureWords.Of(failure)}");
        }
    }
}

internal sealed record ApiSettings
{
    public required IReadOnlyList<IPEndPoint> Listen { get; init; }

    /// <summary>What the certificate names besides this machine: as told, where the API listens, and what its
    /// kubeconfig says.</summary>
    public required IReadOnlyList<string> ServerNames { get; init; }

    public required string KubeconfigHost { get; init; }
    public required string? TokenFile { get; init; }
    public required int ReadsInFlightMax { get; init; }
    public required int WritesInFlightMax { get; init; }
    public required int LongRunningMax { get; init; }
    public required TimeSpan WatchTimeoutMin { get; init; }

    public required TimeSpan ShutdownDelay { get; init; }
    public required TimeSpan NodeCertificateLifetime { get; init; }

    public static ApiSettings From(HoconReader reader) => new()
    {
        Listen = [.. reader.Texts("api.listen").Select(ParseEndpoint)],
        ServerNames =
        [
            .. reader.Texts("api.server-names"),
            KubeconfigHostOf(reader),
            .. reader.Texts("api.listen").Select(ParseEndpoint).Select(endpoint => endpoint.Address)
                .Where(address => !address.Equals(IPAddress.Any) && !address.Equals(IPAddress.IPv6Any))
                .Select(address => address.ToString()),
        ],
        KubeconfigHost = KubeconfigHostOf(reader),
        TokenFile = reader.Text("api.token-file") is { Length: > 0 } file ? file : null,
        ReadsInFlightMax = reader.Int("api.reads-in-flight-max", min: 1),
        WritesInFlightMax = reader.Int("api.writes-in-flight-max", min: 1),
        LongRunningMax = reader.Int("api.long-running-max", min: 1),
        WatchTimeoutMin = reader.Duration("api.watch-timeout-min", min: "1s"),
        ShutdownDelay = reader.Duration("api.shutdown-delay", min: "0s"),
        NodeCertificateLifetime = reader.Duration("api.node-certificate-lifetime", min: "5s"),
    };

    /// <summary>An API that does not listen on all addresses is not on the usual one.</summary>
    private static string KubeconfigHostOf(HoconReader reader)
    {
        var listen = reader.Texts("api.listen").Select(ParseEndpoint).Select(endpoint => endpoint.Address).ToList();
        return reader.Text("api.kubeconfig-host") is { Length: > 0 } host ? host
            : listen.Exists(each => each.Equals(IPAddress.Any) || IPAddress.Loopback.Equals(each)) || listen.Count == 0
                ? $"{IPAddress.Loopback}"
            : listen[0].Equals(IPAddress.IPv6Any) ? $"{IPAddress.Loopback}"
            : $"{listen[0]}";
    }

    /// <summary>The one address that the API listens on, if it is one.</summary>
    public static IPAddress? OnlyAddress(HoconReader reader) =>
        reader.Texts("api.listen").Select(ParseEndpoint).Select(endpoint => endpoint.Address).ToList()
            is [var only] && !only.Equals(IPAddress.Any) && !only.Equals(IPAddress.IPv6Any)
            ? only
            : null;

    private static IPEndPoint ParseEndpoint(string text) =>
        IPEndPoint.TryParse(text, out var endpoint) && text.Contains(':', StringComparison.Ordinal)
            ? endpoint
            : throw new SettingsException(
                $"api.listen: \"{text}\" is not an address with a port, such as 0.0.0.0:6443 or [::]:6443");
}

internal sealed record EntitySettings
{
    public required TimeSpan PassivateAfter { get; init; }
    public required TimeSpan CommandTimeout { get; init; }

    public static EntitySettings From(HoconReader reader) => new()
    {
        PassivateAfter = reader.Duration("entities.passivate-after", min: "100ms"),
        CommandTimeout = reader.Duration("entities.command-timeout", min: "1s"),
    };
}

internal sealed record MachineSettings
{
    public required string Name { get; init; }
    public required string Runtime { get; init; }
    public required string CriEndpoint { get; init; }

    /// <summary>Whether its containers run in a containerd that the agent starts, and not in another's.</summary>
    public bool OwnsContainerd => this is { Runtime: "cri", CriEndpoint: "" };

    public required string PauseImage { get; init; }
    public required IReadOnlyDictionary<string, string> Registries { get; init; }
    public required NetworkSettings Network { get; init; }
    public required string CniPlugins { get; init; }
    public required IReadOnlyList<string> Addresses { get; init; }
    public required IReadOnlyDictionary<string, string> Labels { get; init; }
    public required int PodsMax { get; init; }
    public required int ReservedMilliCpu { get; init; }
    public required long ReservedMemoryBytes { get; init; }
    public required TimeSpan HeartbeatInterval { get; init; }
    public required TimeSpan SilenceMax { get; init; }
    public required int ParallelSandboxes { get; init; }
    public required int ParallelPulls { get; init; }
    public required LogRotationSettings LogRotation { get; init; }
    public required ImageGarbageSettings Images { get; init; }

    /// <summary>The directory with the manifests of static pods; null: none.</summary>
    public required string? StaticPods { get; init; }

    /// <summary>Kernel parameters that pods may set besides the safe ones.</summary>
    public required IReadOnlyList<string> AllowedUnsafeSysctls { get; init; }

    public required EvictionSettings Eviction { get; init; }
    public required ShutdownSettings Shutdown { get; init; }

    /// <summary>How long fenced pods run on without an answer of the cluster; null: for ever, for nobody would run them
    /// elsewhere.</summary>
    public required TimeSpan? FenceAfter { get; init; }

    /// <summary>Whether systemd's logind is to tell of shutdowns.</summary>
    public required bool FollowsLogind { get; init; }

    public static MachineSettings From(HoconReader reader) => new()
    {
        Name = NameOf(reader.Text("node.name") is { Length: > 0 } name
            ? name
            : Environment.MachineName.ToLower(CultureInfo.InvariantCulture)),
        Runtime = reader.Text("node.runtime") is var runtime and ("cri" or "process")
            ? runtime
            : throw new SettingsException("node.runtime: neither cri nor process"),
        CriEndpoint = Endpoint(reader.Text("node.cri-endpoint")),
        PauseImage = reader.Text("node.pause-image"),
        Registries = reader.Map("node.registries"),
        Network = NetworkSettings.From(reader),
        CniPlugins = reader.Text("node.cni-plugins"),
        Addresses = reader.Texts("node.addresses"),
        Labels = LabelsOf(reader.Map("node.labels")),
        PodsMax = reader.Int("node.pods-max", min: 0),
        ReservedMilliCpu = reader.Int("node.reserved-milli-cpu", min: 0),
        ReservedMemoryBytes = reader.Size("node.reserved-memory"),
        HeartbeatInterval = reader.Duration("node.heartbeat-interval", min: "100ms"),
        SilenceMax = reader.Duration("node.silence-max") is var silence
            && silence > reader.Duration("node.heartbeat-interval")
                ? silence
                : throw new SettingsException("node.silence-max: not longer than node.heartbeat-interval"),
        ParallelSandboxes = reader.Int("node.parallel-sandboxes", min: 1),
        ParallelPulls = reader.Int("node.parallel-pulls", min: 1),
        LogRotation = new LogRotationSettings(
            reader.Size("node.container-log-size-max", min: "1KiB"),
            reader.Int("node.container-log-files-max", min: 2)),
        Images = ReclaimReader.Images(reader),
        StaticPods = reader.Text("node.static-pods") is { Length: > 0 } place ? Path.GetFullPath(place) : null,
        AllowedUnsafeSysctls = [.. reader.Texts("node.allowed-unsafe-sysctls").Select(SysctlPattern)],
        Eviction = ReclaimReader.Eviction(reader),
        Shutdown = ShutdownOf(reader),
        FenceAfter = WholeSeconds(reader, "node-loss.fence-after"),
        FollowsLogind = reader.Bool("node.shutdown.logind"),
    };

    private static TimeSpan WholeSeconds(HoconReader reader, string path) =>
        reader.Duration(path, min: "3s") is var time && time.Ticks % TimeSpan.TicksPerSecond == 0
            ? time
            : throw new SettingsException($"{path}: not whole seconds");

    private static ShutdownSettings ShutdownOf(HoconReader reader)
    {
        var all = reader.Duration("node.shutdown.grace-period");
        return new ShutdownSettings
        {
            GracePeriod = all,
            CriticalGracePeriod = reader.Duration("node.shutdown.critical-grace-period") is var critical
                && critical <= all
                ? critical
                : throw new SettingsException(
                    "node.shutdown.critical-grace-period: longer than node.shutdown.grace-period"),
        };
    }

    private static string SysctlPattern(string pattern) => SysctlAdmission.Complaint(pattern) is { } complaint
        ? throw new SettingsException($"node.allowed-unsafe-sysctls: \"{pattern}\": {complaint}")
        : pattern;

    /// <summary>Of a Node object (metadata.name).</summary>
    private static string NameOf(string name) => NameRules.Subdomain(name) is [var problem, ..]
        ? throw new SettingsException($"node.name: \"{name}\" is no name of a node: {problem}")
        : name;

    private static IReadOnlyDictionary<string, string> LabelsOf(IReadOnlyDictionary<string, string> labels)
    {
        foreach (var (key, value) in labels)
        {
            if (NameRules.QualifiedName(key).Concat(NameRules.LabelValue(value)).FirstOrDefault() is { } problem)
            {
                throw new SettingsException($"node.labels: {key}={value}: {problem}");
            }
        }

        return labels;
    }

    private static string Endpoint(string text)
    {
        try
        {
            _ = text.Length == 0 ? null : CriRuntimeOptions.FromEndpoint(text, owner: "");
            return text;
        }
        catch (FormatException wrong)
        {
            throw new SettingsException($"node.cri-endpoint: {wrong.Message}");
        }
    }
}
