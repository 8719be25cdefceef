using System.Globalization;
using System.Net;
using ActorOrchestrator.Agent.Cri;
using ActorOrchestrator.Agent.Logs;
using ActorOrchestrator.Agent.Nodes;
using ActorOrchestrator.Agent.Reclaim;
using ActorOrchestrator.Api.Validation;
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

    /// <param name="configFile">A file over the defaults, or null.</param>
    /// <param name="commandLine">Settings given as options: (path, HOCON value).</param>
    /// <exception cref="SettingsException">Names the file, the line and the setting that is wrong.</exception>
    public static ServerSettings Load(string? configFile, IReadOnlyList<(string Path, string Value)> commandLine)
    {
        var layers = new List<(string, string)>();
        if (configFile is not null)
        {
            layers.Add((configFile, ReadFile(configFile)));
        }

        layers.AddRange(commandLine.Select(setting => ("command line", $"{setting.Path} = {setting.Value}")));
        var reader = HoconReader.Load(ReferenceText(), layers, Environment.GetEnvironmentVariable);
        return From(reader);
    }

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
            throw new SettingsException($"--config {file}: {failure.Message}");
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

    public static ApiSettings From(HoconReader reader) => new()
    {
        Listen = [.. reader.Texts("api.listen").Select(ParseEndpoint)],
        ServerNames =
        [
            .. reader.Texts("api.server-names"),
            reader.Text("api.kubeconfig-host"),
            .. reader.Texts("api.listen").Select(ParseEndpoint).Select(endpoint => endpoint.Address)
                .Where(address => !address.Equals(IPAddress.Any) && !address.Equals(IPAddress.IPv6Any))
                .Select(address => address.ToString()),
        ],
        KubeconfigHost = reader.Text("api.kubeconfig-host"),
        TokenFile = reader.Text("api.token-file") is { Length: > 0 } file ? file : null,
        ReadsInFlightMax = reader.Int("api.reads-in-flight-max", min: 1),
        WritesInFlightMax = reader.Int("api.writes-in-flight-max", min: 1),
        LongRunningMax = reader.Int("api.long-running-max", min: 1),
        WatchTimeoutMin = reader.Duration("api.watch-timeout-min", min: "1s"),
    };

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

internal sealed record JournalSettings
{
    public const string Postgresql = "postgresql";

    public required string Provider { get; init; }
    public required string Connection { get; init; }
    public required int WatchWindow { get; init; }
    public required bool EncryptSecrets { get; init; }

    /// <summary>Null: the data directory's own.</summary>
    public required string? SecretsKeyFile { get; init; }

    public static JournalSettings From(HoconReader reader)
    {
        var provider = reader.Text("journal.provider");
        var connection = reader.Text("journal.connection");
        return (provider, connection) switch
        {
            (not ("sqlite" or Postgresql), _) =>
                throw new SettingsException($"journal.provider: \"{provider}\" is neither sqlite nor {Postgresql}"),
            (Postgresql, "") => throw new SettingsException(
                "journal.connection: a PostgreSQL connection string, such as "
                + "\"Host=db.example;Username=orchestrator;Password=…;Database=orchestrator\""),
            _ => new JournalSettings
            {
                Provider = provider,
                Connection = connection,
                WatchWindow = reader.Int("journal.watch-window", min: 1),
                EncryptSecrets = reader.Bool("journal.encrypt-secrets"),
                SecretsKeyFile = reader.Text("journal.secrets-key-file") is { Length: > 0 } file
                    ? Path.GetFullPath(file)
                    : null,
            },
        };
    }
}

internal sealed record ClusterSettings
{
    public required string Address { get; init; }
    public required int Port { get; init; }
    public required IReadOnlyList<string> Seeds { get; init; }

    /// <summary>Of Akka's split-brain resolver.</summary>
    public required string Strategy { get; init; }

    public static ClusterSettings From(HoconReader reader)
    {
        var address = IPAddress.TryParse(reader.Text("cluster.address"), out var parsed) && IsOfOne(parsed)
            ? parsed
            : throw new SettingsException(
                $"cluster.address: \"{reader.Text("cluster.address")}\" is no IP address of this machine that others "
                + "can name");
        var own = new IPEndPoint(address, reader.Int("cluster.port", min: 0, max: IPEndPoint.MaxPort));
        var seeds = reader.Texts("cluster.seeds").Select(ParseSeed).ToList();
        var isShared = reader.Text("journal.provider") == JournalSettings.Postgresql;
        return new()
        {
            Address = $"{address}",
            Port = own.Port,
            Seeds = isShared || seeds.TrueForAll(own.Equals)
                ? [.. seeds.Select(seed => $"{seed}")]
                : throw new SettingsException(
                    "cluster.seeds: a journal in SQLite is one member's alone, and what the others acknowledge would "
                    + "not be in it: set journal.provider = postgresql"),
            Strategy = (reader.Text("cluster.strategy"), isShared) switch
            {
                ("keep-majority", _) => "keep-majority",
                ("lease-majority", true) => "lease-majority",
                ("lease-majority", false) => throw new SettingsException(
                    "cluster.strategy: lease-majority keeps its lease in PostgreSQL: "
                    + "set journal.provider = postgresql"),
                _ => throw new SettingsException("cluster.strategy: neither keep-majority nor lease-majority"),
            },
        };
    }

    private static IPEndPoint ParseSeed(string seed) =>
        IPEndPoint.TryParse(seed, out var at) && at.Port > 0 && IsOfOne(at.Address)
            ? at
            : throw new SettingsException(
                $"cluster.seeds: \"{seed}\" is not a member's address with a port, such as 10.0.0.1:7946");

    /// <summary>Not one that stands for all of a machine's.</summary>
    private static bool IsOfOne(IPAddress address) =>
        !address.Equals(IPAddress.Any) && !address.Equals(IPAddress.IPv6Any);
}

internal sealed record MachineSettings
{
    public required string Name { get; init; }
    public required string Runtime { get; init; }
    public required string CriEndpoint { get; init; }
    public required string PauseImage { get; init; }
    public required IReadOnlyDictionary<string, string> Registries { get; init; }
    public required string PodSubnet { get; init; }
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
        PodSubnet = reader.Text("node.pod-subnet"),
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
        FollowsLogind = reader.Bool("node.shutdown.logind"),
    };

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
