using System.Collections.Frozen;

namespace ActorOrchestrator.Api.Tables;

/// <summary>The printer of every kind; kinds without one of their own show name and creation time.</summary>
internal static class Printers
{
    public static TableColumn Name { get; } =
        new("Name", "string", 0, "Name of the object, unique in its namespace.");

    public static TableColumn Age { get; } = new("Age", "string", 0, "Time since the object was created.");

    private static readonly KindPrinter Plain = new KindPrinter<KubeObject>(
        [Name, Text("Created At", "When the object was created.")],
        static (@object, now) =>
        [
            @object.Metadata.Name,
            @object.Metadata.CreationTimestamp?.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'") ?? TableText.Unknown,
        ]);

    private static readonly FrozenDictionary<Type, KindPrinter> ByType = WorkloadPrinters.All
        .Concat(NetworkPrinters.All).Concat(ClusterPrinters.All).Concat(StoragePrinters.All)
        .ToFrozenDictionary(entry => entry.Type, entry => entry.Printer);

    public static TableColumn Text(string name, string description) => new(name, "string", 0, description);

    public static TableColumn Number(string name, string description) => new(name, "integer", 0, description);

    public static TableColumn Wide(string name, string description) => new(name, "string", 1, description);

    public static (Type Type, KindPrinter Printer) Of<T>(
        IReadOnlyList<TableColumn> columns, Func<T, DateTimeOffset, TableCell[]> cells) where T : KubeObject =>
        (typeof(T), new KindPrinter<T>(columns, cells));

    public static KindPrinter For(Type type) => ByType.TryGetValue(type, out var printer) ? printer : Plain;

    public static string AgeOf(KubeObject @object, DateTimeOffset now) =>
        TableText.Since(@object.Metadata.CreationTimestamp, now);
}
