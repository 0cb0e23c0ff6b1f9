import java.io.File;
import javax.xml.XMLConstants;
import javax.xml.transform.stream.StreamSource;
import javax.xml.validation.Schema;
import javax.xml.validation.SchemaFactory;
import org.w3c.dom.bootstrap.DOMImplementationRegistry;
import org.w3c.dom.ls.DOMImplementationLS;
import org.w3c.dom.ls.LSInput;
import org.xml.sax.SAXException;

/** Says of each file whether it is valid: FOLDER SCHEMA FILE… Nothing is read but what lies in the folder. */
public class Validate {
    public static void main(String[] words) throws Exception {
        DOMImplementationLS made =
            (DOMImplementationLS) DOMImplementationRegistry.newInstance().getDOMImplementation("LS");
        SchemaFactory factory = SchemaFactory.newInstance(XMLConstants.W3C_XML_SCHEMA_NS_URI);
        factory.setResourceResolver((type, namespace, publicId, systemId, base) -> {
            File file = new File(words[0], systemId.substring(systemId.lastIndexOf('/') + 1));
            LSInput input = made.createLSInput();
            input.setSystemId(systemId);
            try {
                input.setByteStream(new java.io.FileInputStream(file));
            } catch (java.io.IOException missing) {
                throw new IllegalStateException(missing);
            }
            return input;
        });
        Schema schema = factory.newSchema(new File(words[0], words[1]));
        System.err.println(factory.getClass().getName());
        for (int i = 2; i < words.length; i++) {
            try {
                schema.newValidator().validate(new StreamSource(new File(words[i])));
                System.out.println("valid");
            } catch (SAXException found) {
                System.out.println("invalid: " + found.getMessage().replace('\n', ' '));
            }
        }
    }
}
