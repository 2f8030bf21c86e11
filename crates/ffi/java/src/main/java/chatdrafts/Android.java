package chatdrafts;

import java.io.File;
import java.lang.reflect.Constructor;
import java.lang.reflect.Method;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

/** What Android has and a bare JDK has not, found by name. */
final class Android {
    private Android() {}

    /** The folder of the app's own files; null if this is no context. */
    static String filesFolder(Object context) {
        if (context == null) {
            return null;
        }
        try {
            return ((File) context.getClass().getMethod("getFilesDir").invoke(context)).getPath();
        } catch (ReflectiveOperationException | RuntimeException notAndroid) {
            return null;
        }
    }

    /** The looper of the current thread; null if it has none. */
    static Executor looper() {
        try {
            Class<?> looperClass = Class.forName("android.os.Looper");
            Object looper = looperClass.getMethod("myLooper").invoke(null);
            if (looper == null) {
                return null;
            }
            Class<?> handlerClass = Class.forName("android.os.Handler");
            Constructor<?> ofLooper = handlerClass.getConstructor(looperClass);
            Method post = handlerClass.getMethod("post", Runnable.class);
            return new Loop(ofLooper.newInstance(looper), post);
        } catch (ReflectiveOperationException | RuntimeException | LinkageError notAndroid) {
            return null;
        }
    }

    /** A handler of Android's as an executor. */
    private static final class Loop implements Executor {
        private final Object handler;
        private final Method post;

        Loop(Object handler, Method post) {
            this.handler = handler;
            this.post = post;
        }

        @Override
        public void execute(Runnable command) {
            try {
                if (Boolean.TRUE.equals(post.invoke(handler, command))) {
                    return;
                }
            } catch (ReflectiveOperationException failed) {
                throw new RejectedExecutionException(failed);
            }
            throw new RejectedExecutionException("the looper has ended");
        }
    }
}
