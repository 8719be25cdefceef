using ActorOrchestrator.Agent.Images;

namespace ActorOrchestrator.Simulator.Machines;

/// <summary>
/// How a container behaves. The last part of its image's name says so, whatever its registry and tag:
/// <code>
/// image         runs                               on SIGTERM           probes
/// app:*         until stopped                      ends within 2 s      succeed
/// stubborn:*    until killed                       does not care        succeed
/// crash:*       1..60 s, then exits 1              ends within 2 s      succeed
/// flaky:*       20 min on average, then exits 1    ends within 2 s      succeed
/// job:*         up to 30 s, then exits 0           ends within 2 s      succeed
/// task:*        up to 30 s, then exits 0, 1 or 42  ends within 2 s      succeed
/// unready:*     until stopped                      ends within 2 s      readiness fails
/// unhealthy:*   until stopped                      ends within 2 s      liveness fails 10..300 s after the start
/// slow:*        until stopped; pulled in 20..120 s ends within 2 s      refused for 5..60 s after the start
/// missing:*     never: there is no such image      -                    -
/// any other     as app
/// </code>
/// </summary>
public enum ImageBehavior { App, Stubborn, Crash, Flaky, Job, Task, Unready, Unhealthy, Slow, Missing }

/// <summary>
/// The images of the world: which behave how, by name and by what a scenario has published. Shared by all machines.
/// </summary>
public sealed class ImageCatalogue
{
    private readonly Dictionary<string, ImageBehavior> _published = new(StringComparer.Ordinal);

    /// <summary>From now on the image behaves so, whatever its name says (also to publish a missing one).</summary>
    public void Publish(string image, ImageBehavior behavior) => _published[FullName(image)] = behavior;

    public ImageBehavior BehaviorOf(string image) =>
        _published.TryGetValue(FullName(image), out var behavior) ? behavior : ByName(image);

    /// <summary>What the name alone says.</summary>
    public static ImageBehavior ByName(string image)
    {
        var repository = ImageReference.Parse(image)?.Repository ?? image;
        return repository[(repository.LastIndexOf('/') + 1)..] switch
        {
            "stubborn" => ImageBehavior.Stubborn,
            "crash" => ImageBehavior.Crash,
            "flaky" => ImageBehavior.Flaky,
            "job" => ImageBehavior.Job,
            "task" => ImageBehavior.Task,
            "unready" => ImageBehavior.Unready,
            "unhealthy" => ImageBehavior.Unhealthy,
            "slow" => ImageBehavior.Slow,
            "missing" => ImageBehavior.Missing,
            _ => ImageBehavior.App,
        };
    }

    /// <summary>With the registry and the tag that stand when none is written.</summary>
    public static string FullName(string image) => ImageReference.Parse(image)?.ToString() ?? image;
}
