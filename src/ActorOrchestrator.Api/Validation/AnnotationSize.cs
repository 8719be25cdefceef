using System.Text;

namespace ActorOrchestrator.Api.Validation;

/// <summary>How much all annotations of an object may be.</summary>
public static class AnnotationSize
{
    public const int BytesMax = 256 * 1024;

    /// <param name="annotations">All of an object.</param>
    /// <param name="roomBytes">What is kept free for others.</param>
    public static bool Fits(ValueMap<string> annotations, int roomBytes = 0) =>
        BytesOf(annotations) + roomBytes <= BytesMax;

    /// <summary>With others on top, where all of them fit; else as they are.</summary>
    public static ValueMap<string> Merged(
        ValueMap<string> annotations, IEnumerable<KeyValuePair<string, string>> others, int roomBytes = 0) =>
        ValueMap<string>.From(annotations.Concat(others)) is var merged && Fits(merged, roomBytes)
            ? merged
            : annotations;

    private static long BytesOf(ValueMap<string> annotations)
    {
        long bytes = 0;
        foreach (var (key, value) in annotations)
        {
            bytes += Encoding.UTF8.GetByteCount(key) + Encoding.UTF8.GetByteCount(value);
        }

        return bytes;
    }
}
